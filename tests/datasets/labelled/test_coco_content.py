from __future__ import annotations

import json
import math

import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from oadp_mm.datasets.labelled.coco_content import (
    category_names,
    classes_shown,
    mended,
    object_side,
    outlined,
    read_content,
    renamed,
    some_images,
    unseen,
)
from tests.datasets.labelled.tiny_labels import BOX, HEIGHT, WIDTH, content, rectangle


def with_box(box: list[float], **others) -> dict:
    told = content(1)
    told['annotations'][0].update(bbox=box, **others)
    return told


def read(tmp_path, told):
    path = tmp_path / 'some.json'
    path.write_text(told if isinstance(told, str) else json.dumps(told))
    return read_content(path)


def test_what_is_whole_stays_as_it_is(tmp_path):
    told = content(3)
    assert read(tmp_path, {**told, 'info': 'left out'}) == told
    assert mended(told, 'x') == (told, [])


@pytest.mark.parametrize(('told', 'sentence'), [
    ('{', 'not in the form'), ('[]', 'not in the form'), ({'images': []}, 'not in the form'),
    ({**content(2), 'annotations': []}, 'has no boxes'),
    ({**content(2), 'images': content(1)['images']}, '1 boxes in .* have an image_id'),
    ({**content(2), 'categories': content(2)['categories'][:1]}, 'have an category_id'),
    ({**content(2), 'images': content(2)['images'] * 2}, 'lists the image id 0 twice'),
    ({**content(2), 'categories': [{'id': 1, 'name': 'a'}, {'id': 2, 'name': 'a'}]},
     'lists the category a twice'),
])
def test_another_form_is_one_sentence(tmp_path, told, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(tmp_path, told)


def test_no_file_is_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match='there are no annotations'):
        read_content(tmp_path / 'none.json')


def test_a_box_that_reaches_out_is_clipped_and_told():
    told, notes = mended(with_box([-10, 30, 40, 100]), 'some.json')
    assert told['annotations'][0]['bbox'] == [0, 30, 30, HEIGHT - 30]
    assert notes == ['1 boxes of some.json reach out of their images and were clipped']


@pytest.mark.parametrize('box', [[WIDTH + 5, 0, 9, 9], [0, 0, 0.5, 9], [-20, 0, 20.5, 9]])
def test_a_box_outside_is_left_out_and_told(box):
    told, notes = mended(with_box(box), 'some.json')
    assert told['annotations'] == []
    assert 'left out' in notes[0]


def test_rounding_is_no_mistake():
    told = with_box([-0.6, 0, WIDTH + 1, HEIGHT + 0.9])
    assert mended(told, 'x') == (told, [])


def test_a_missing_area_is_the_boxes():
    told = content(1)
    del told['annotations'][0]['area']
    assert mended(told, 'x')[0]['annotations'][0]['area'] == BOX[2] * BOX[3]


def test_two_points_are_no_mask():
    both = with_box(BOX, segmentation=[[1, 1, 5, 5], *rectangle(*BOX)])
    assert mended(both, 'x')[0]['annotations'][0]['segmentation'] == rectangle(*BOX)
    assert outlined(mended(both, 'x')[0])
    alone = mended(with_box(BOX, segmentation=[[1, 1, 5, 5]]), 'x')[0]
    assert not outlined(alone)
    assert not outlined(content(2, masks=False))


def test_an_object_with_a_line_for_a_mask_is_left_out_where_others_have_masks():
    told = content(3)
    told['annotations'][1]['segmentation'] = [[1, 1, 5, 5]]
    found, notes = mended(told, 'some.json')
    assert [each['image_id'] for each in found['annotations']] == [0, 2]
    assert outlined(found)
    assert notes == ['1 objects of some.json have a mask of fewer than three points: left out']


@pytest.mark.parametrize('box', [[], None, ['1', '2', '3', '4'], [1, 2, math.nan, 4], 'box'])
def test_what_has_no_box_is_left_out_and_told(box, tmp_path):
    told = content(3)
    told['annotations'][1]['bbox'] = box
    found, notes = mended(read(tmp_path, told), 'some.json')
    assert [each['image_id'] for each in found['annotations']] == [0, 2]
    assert notes == ['1 annotations of some.json have no box of four numbers: left out']
    with pytest.raises(ValueError, match='has no boxes'):
        read(tmp_path, {**told, 'annotations': told['annotations'][1:2]})


@pytest.mark.parametrize('ids', [(0, 1, 2), (1, 1, 2), (1, None, 2), ('a', 'b', 'c'), (-1, 1, 2)])
def test_ids_that_an_evaluation_cannot_use_are_given_anew(ids):
    told = content(3)
    for each, number in zip(told['annotations'], ids, strict=True):
        each['id'] = number
    del told['annotations'][1]['id']
    if ids[1] is not None:
        told['annotations'][1]['id'] = ids[1]
    found, notes = mended(told, 'some.json')
    assert [each['id'] for each in found['annotations']] == [1, 2, 3]
    assert notes == ['annotations of some.json were numbered anew, since some ids are missing, '
                     'doubled or not above 0']


def test_with_those_ids_what_is_perfect_has_an_ap_of_1():
    """pycocotools takes the match with the object 0 for none."""
    told = content(2, ['one'])
    for each in told['annotations']:
        each['id'] -= 1
    found = [{**each, 'score': 0.9} for each in told['annotations']]

    def ap(truth: dict) -> float:
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        measured = COCOeval(coco, coco.loadRes([dict(each) for each in found]), 'bbox')
        measured.evaluate()
        measured.accumulate()
        measured.summarize()
        return measured.stats[0]

    assert ap(told) < 0.9
    assert ap(mended(told, 'x')[0]) == pytest.approx(1)


def test_a_crowd_shows_no_class():
    told = content(2)
    told['annotations'][0]['iscrowd'] = 1
    assert classes_shown(told) == [frozenset(), frozenset({1})]


def test_renaming_keeps_each_objects_name():
    told = renamed(content(4), ['new', 'two', 'one'])
    assert category_names(told) == ('new', 'two', 'one')
    names = {each['id']: each['name'] for each in told['categories']}
    assert [names[each['category_id']] for each in told['annotations']] == ['one', 'two'] * 2


def test_some_images_come_with_their_objects():
    told = some_images(content(5), [3, 1])
    assert [each['id'] for each in told['images']] == [1, 3]
    assert [each['image_id'] for each in told['annotations']] == [1, 3]
    assert classes_shown(told) == [frozenset({1}), frozenset({1})]


def test_classes_that_nothing_shows_are_named():
    assert unseen(('a', 'b'), [frozenset({0}), frozenset({1})]) == []
    assert unseen(('a', 'b'), [frozenset({0}), frozenset()]) == [
        'no train image shows b, so that nothing is learned of it']


def test_the_median_object_is_told_in_shares_of_its_image():
    content = {'images': [{'id': 1, 'width': 200, 'height': 100},
                          {'id': 2, 'width': 50, 'height': 80}],
               'annotations': [{'image_id': 1, 'bbox': [0, 0, 40, 10]},
                               {'image_id': 2, 'bbox': [0, 0, 5, 5]},
                               {'image_id': 2, 'bbox': [0, 0, 20, 5]},
                               {'image_id': 1, 'bbox': [0, 0, 90, 90], 'iscrowd': 1}]}
    assert object_side(content) == pytest.approx(.2)  # of .2, .1 and .2
    assert object_side({**content, 'annotations': []}) == 0
