"""Labels that can be learned from, and each way in which they cannot."""
from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from oadp_mm.doctor.labels import label_findings, read_labels
from oadp_mm.probes.data import Boxes, Data, Part


def boxes(kinds=(0, 1), areas=None, size=(40, 60)) -> Boxes:
    corners = np.array([[0, 0, 8, 8]] * len(kinds), np.float32)
    return Boxes(size, corners, np.array(kinds, np.int64),
                 np.array(areas or [64.0] * len(kinds)))


def data(train=None, test=None, maps=None) -> Data:
    read = maps and (lambda number: maps[number])
    return Data('d', Part(('a.png', 'b.png'), (train or boxes(), boxes()), read),
                Part(('c.png', 'd.png'), (test or boxes(), test or boxes()), read), ('cat', 'dog'),
                ('sky', 'road') if maps else ())


def findings(labels: Data, sizes=None) -> dict:
    found = list(label_findings(labels, sizes or {}))
    assert len({each.topic for each in found}) == len(found)
    return {each.topic: each for each in found}


def test_healthy_labels_are_counted():
    whole = data(maps=[np.array([[0, 1, 255]], np.uint8)] * 2)
    found = findings(whole, {'a.png': (40, 60)})
    assert found.keys() == {'labels'} and found['labels'].mark == 'ok'
    assert found['labels'].sentence == (
        '2 train and 2 test images, 4 and 4 objects of 2 classes, maps of 2 classes')


def test_classes_that_are_not_measured_are_named():
    found = findings(data(test=boxes((0,))))['classes']
    assert found.mark == 'note' and '1 of 2 classes, such as dog' in found.sentence


def test_objects_without_an_area_are_a_problem():
    found = findings(data(train=boxes(areas=[64.0, 0.0])))['areas']
    assert found.mark == 'problem' and found.items == ('a.png: 1 object',)


def test_images_of_another_size_than_annotated_are_a_problem():
    found = findings(data(), {'a.png': (60, 40), 'b.png': (40, 60)})['annotated']
    assert found.mark == 'problem'
    assert found.items == ('a.png is 60x40, annotated as 40x60',)


def test_maps_with_numbers_of_no_class_are_a_problem():
    found = findings(data(maps=[np.array([[0, 1]]), np.array([[2, 7, 255]])]))['maps']
    assert found.mark == 'problem'
    assert found.items == ('that of b.png holds 2, 7', 'that of d.png holds 2, 7')


def test_classes_of_whole_images_are_counted():
    part = Part(('a.png', 'b.png'), labels=(0, 1))
    assert findings(replace(data(), train=part, test=part))['labels'].sentence == (
        '2 train and 2 test images, 2 classes')


@pytest.fixture
def coco(tmp_path):
    """Two images, each a split with one box; the function writes what a test changes."""
    def write(**changes):
        for split, value in (('train', 40), ('test', 90)):
            folder = tmp_path / split / 'images'
            folder.mkdir(parents=True, exist_ok=True)
            Image.new('RGB', (60, 40), (value, 0, 0)).save(folder / 'a.png')
            box = dict(id=1, image_id=1, category_id=1, bbox=[1, 1, 8, 8], area=64, iscrowd=0)
            told = dict(images=[dict(id=1, file_name='a.png', width=60, height=40)],
                        annotations=[{**box, **changes.get(split, {})}],
                        categories=[dict(id=1, name='cat')])
            (tmp_path / 'annotations').mkdir(exist_ok=True)
            (tmp_path / f'annotations/instances_{split}.json').write_text(json.dumps(told))
        return str(tmp_path)
    return write


def test_labels_of_a_folder_are_read(coco, tmp_path):
    data, found = read_labels(coco(), tmp_path / 'out')
    assert data is not None and found == ()
    assert data.box_classes == ('cat',)


@pytest.mark.parametrize(('change', 'words'), [
    (dict(category_id=7), 'have an category_id that it does not list'),
    (dict(bbox=[1, 1, 0, 0]), 'show no object that counts')])
def test_labels_that_cannot_be_read_are_a_problem_in_the_readers_words(
        coco, tmp_path, change, words):
    data, found = read_labels(coco(train=change), tmp_path / 'out')
    assert data is None
    assert any(each.mark == 'problem' and words in each.sentence for each in found)


def test_what_was_mended_is_noted_once(coco, tmp_path):
    data, found = read_labels(coco(train=dict(bbox=[50, 1, 20, 8])), tmp_path / 'out')
    assert data is not None
    assert [(each.mark, 'were clipped' in each.sentence) for each in found] == [('note', True)]


def test_a_folder_without_labels_is_well(tmp_path):
    (tmp_path / 'train').mkdir()
    data, (found,) = read_labels(str(tmp_path), tmp_path / 'out')
    assert data is None and found.mark == 'ok' and 'does without' in found.sentence


def test_class_folders_that_no_probe_reads_are_noted(tmp_path):
    for split in ('train', 'test'):
        (tmp_path / split / 'only').mkdir(parents=True)
        Image.new('RGB', (8, 8)).save(tmp_path / split / 'only/a.png')
    data, (found,) = read_labels(str(tmp_path), tmp_path / 'out')
    assert data is None and found.mark == 'note'
    assert 'at least two classes' in found.sentence and 'pretraining reads no' in found.sentence
