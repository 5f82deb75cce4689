"""What the check says is what mmdet does with the same json, which is built beside it."""
from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from mmdet.datasets import CocoDataset
from mmengine.registry import DefaultScope

from oadp_mm.datasets.annotated_classes import check_classes, check_heads

COCO = list(CocoDataset.METAINFO['classes'])
MASK = [[0, 0, 9, 0, 9, 9]]


@pytest.fixture(autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


def _write(folder: Path, categories, boxes, mask=MASK) -> dict:
    """A data set whose image has the boxes of these categories, by name; returns its config."""
    ids = {name: 10 + 3 * i for i, name in enumerate(categories)}
    (folder / 'a.json').write_text(json.dumps({
        'images': [{'id': 1, 'file_name': 'a.jpg', 'width': 64, 'height': 64}],
        'annotations': [
            {'id': i, 'image_id': 1, 'category_id': ids.get(name, 999), 'bbox': [0, 0, 9, 9],
             'area': 81, 'iscrowd': 0, **({'segmentation': mask} if mask is not None else {})}
            for i, name in enumerate(boxes)],
        'categories': [{'id': number, 'name': name} for name, number in ids.items()]}))
    return {'type': 'CocoDataset', 'data_root': str(folder), 'ann_file': 'a.json',
            'pipeline': [{'type': 'LoadAnnotations', 'with_bbox': True}]}


def _labels(config: dict) -> list[int]:
    """What mmdet makes of it."""
    settings = {key: value for key, value in config.items() if key != 'type'}
    settings.update(pipeline=[], data_prefix={'img': ''}, serialize_data=False)
    data = CocoDataset(**settings)
    return [one['bbox_label'] for one in data.data_list[0]['instances']]


def test_ones_own_names_against_cocos_are_refused_with_both_lists(tmp_path):
    config = _write(tmp_path, ['crack', 'dent'], ['crack', 'crack', 'dent'])
    assert _labels(config) == []
    with pytest.raises(ValueError, match=re.escape(
            f'3 of 3 boxes in {tmp_path}/a.json are of classes that the config lacks: the json has '
            'crack, dent, the config person, bicycle, car, motorcycle, airplane, bus, train, truck '
            'and 72 more: copy the config (oadp-mm config --copy NAME DIR), write '
            "metainfo=dict(classes=('crack', 'dent')) in both data sets of the copy and "
            'num_classes=2 in its heads, and train the copy')):
        check_classes(config)


def test_partly_shared_names_are_refused_with_what_would_be_lost(tmp_path):
    config = _write(tmp_path, ['person', 'crack'], ['person', 'crack', 'person'])
    assert len(_labels(config)) == 2
    with pytest.raises(ValueError, match='1 of 3 boxes'):
        check_classes(config)


@pytest.mark.parametrize(('categories', 'chosen', 'labels'), [
    (['crack'], None, [0]),
    (["driver's door", 'a "b"', *'cdefghijklmn'], None, [*range(14)]),
    (['crack', 'hole', 'dent'], ['dent', 'crack'], [0, 1]),
    (['person', 'car'], None, [0, 1]),
], ids=['one', 'many', 'order', "some of COCO's"])
def test_what_the_message_says_to_write_passes(tmp_path, categories, chosen, labels):
    """As it stands there, all names and their number; boxes of the chosen, else of all names."""
    boxes = [name for name in categories if name in (chosen or categories)]
    config = _write(tmp_path, categories, boxes)
    config['metainfo'] = {'classes': chosen} if chosen else {}
    with pytest.raises(ValueError, match='config --copy') as refusal:
        check_classes(config)
    metainfo, heads = re.search(r'write metainfo=(dict.*) in both .* num_classes=(\d+) in',
                                str(refusal.value)).groups()
    config['metainfo'] = eval(metainfo)
    check_classes(config)
    check_heads({'bbox_head': {'num_classes': int(heads)}}, config)
    assert _labels(config) == labels


def test_categories_without_boxes_count(tmp_path):
    """mmdet numbers them, too; the last names are all told, though the sentence shortens them."""
    names = [f'class {number}' for number in range(12)]
    with pytest.raises(ValueError, match='class 7 and 4 more') as refusal:
        check_classes(_write(tmp_path, names, ['class 3']))
    assert f'classes={tuple(names)}' in str(refusal.value)
    assert 'num_classes=12 ' in str(refusal.value)


def test_cocos_own_pass(tmp_path):
    config = _write(tmp_path, COCO, ['person', 'toothbrush'])
    check_classes(config)
    assert _labels(config) == [0, 79]


@pytest.mark.parametrize('chosen', [['dent', 'crack'], ['dent', 'hole']])
def test_names_that_mmdet_would_swap_are_refused(tmp_path, chosen):
    config = _write(tmp_path, ['crack', 'dent'], ['dent'])
    config['metainfo'] = {'classes': chosen}
    # 'dent' is the first of the chosen; the json's order makes it the second, if both are in it.
    assert _labels(config) == [['crack', 'dent'].index('dent') if 'crack' in chosen else 0]
    with pytest.raises(ValueError, match='mmdet numbers those that are in the json in its order'):
        check_classes(config)


def test_classes_that_somebody_chose_leave_the_others_out(tmp_path):
    config = _write(tmp_path, ['crack', 'dent', 'hole'], ['crack', 'dent', 'hole'])
    config['metainfo'] = {'classes': ['crack', 'hole']}
    check_classes(config)
    assert _labels(config) == [0, 1]
    config['metainfo'] = {'classes': ['crack', 'Hole']}
    with pytest.raises(ValueError, match='2 of 3 boxes'):
        check_classes(config)


def test_wrappers_are_looked_into(tmp_path):
    config = _write(tmp_path, ['crack'], ['crack'])
    for wrapped in ({'type': 'RepeatDataset', 'times': 2, 'dataset': config},
                    {'type': 'ConcatDataset', 'datasets': [config]},
                    {'type': 'ClassBalancedDataset', 'dataset': {
                        'type': 'ConcatDataset', 'datasets': [config]}}):
        with pytest.raises(ValueError, match='1 of 1 boxes'):
            check_classes(wrapped)


def test_a_changed_file_is_read_again(tmp_path):
    config = _write(tmp_path, COCO, ['person'])
    check_classes(config)
    _write(tmp_path, ['crack'], ['crack'])
    os.utime(tmp_path / 'a.json', (1, 1))
    with pytest.raises(ValueError, match='1 of 1 boxes'):
        check_classes(config)


@pytest.mark.parametrize('mask', [None, []])
def test_boxes_without_masks_are_said_so_where_masks_are_loaded(tmp_path, mask):
    config = _write(tmp_path, COCO, ['person', 'dog'], mask)
    check_classes(config)
    config['pipeline'] = [{'type': 'RandomApply', 'transforms': [
        {'type': 'LoadAnnotations', 'with_mask': True}]}]
    with pytest.raises(ValueError, match=r'2 of 2 boxes in .* have no mask .*a detector of boxes'):
        check_classes(config)


@pytest.mark.parametrize(('text', 'message'), [
    ('<html>', 'is not JSON'),
    ('[]', "not in the form of COCO's"),
    ('{"images": []}', "'categories' is missing"),
    ('{"categories": [{"id": 1, "name": "a"}], "annotations": [{"bbox": [1, 2, 3, 4]}]}',
     "'category_id' is missing"),
    ('{"categories": [{"id": 1, "name": "a"}], "annotations": []}', 'has no boxes'),
    ('{"categories": [{"id": 1, "name": "a"}], "annotations": [{"bbox": [1, 2, 3, 4], '
     '"category_id": 7}]}', "1 boxes in .* 'categories' does not list"),
])
def test_a_json_of_another_kind_is_one_sentence(tmp_path, text, message):
    config = _write(tmp_path, COCO, [])
    (tmp_path / 'a.json').write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        check_classes(config)
    assert '\n' not in str(caught.value)


def test_images_without_boxes_can_be_tested_but_not_trained_on(tmp_path):
    config = _write(tmp_path, COCO, [])
    check_classes({**config, 'test_mode': True})
    with pytest.raises(ValueError, match='has no boxes'):
        check_classes(config)


def test_a_missing_file_is_named(tmp_path):
    config = {'type': 'CocoDataset', 'data_root': str(tmp_path), 'ann_file': 'no.json'}
    with pytest.raises(FileNotFoundError, match=r'no annotations .*no\.json: check ann_file'):
        check_classes(config)


@pytest.mark.parametrize('config', [
    None, [], object(), {},
    {'type': 'VOCDataset', 'ann_file': 'missing.txt'},
    {'type': 'LVISV1Dataset', 'ann_file': 'missing.json'},
    {'type': 'CocoPanopticDataset', 'ann_file': 'missing.json'},
    {'type': 'CocoDataset', 'ann_file': 's3://bucket/a.json'},
    {'type': 'NoSuchDataset', 'ann_file': 'missing.json'},
    {'type': 'oadp_mm.ImageFolder', 'data_root': 'missing'},
])
def test_data_sets_of_other_kinds_are_left_alone(config):
    check_classes(config)
    check_heads({}, config)


def test_heads_with_another_number_of_classes_are_named(tmp_path):
    config = _write(tmp_path, COCO, ['person'])
    model = {'rpn_head': {'in_channels': 256}, 'roi_head': {
        'bbox_head': {'num_classes': 80}, 'mask_head': {'num_classes': 10}}}
    with pytest.raises(ValueError, match=r'has 80 classes \(person, .*but mask_head has 10: set '
                                         'num_classes=80'):
        check_heads(model, config)
    model['roi_head']['mask_head']['num_classes'] = 80
    check_heads(model, config)
