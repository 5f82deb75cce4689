from __future__ import annotations

import json
from functools import partial

import cv2
import numpy as np
import pytest
from PIL import Image

from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.datasets.scenes.scene_files import write_scene_files
from oadp_mm.probes.read_data import read_data
from tests.datasets.labelled.tiny_labels import write_pair, write_voc


@pytest.fixture
def folder(tmp_path):
    """Three train and two test nuclei as `oadp-mm nuclei` writes them."""
    root = tmp_path / 'nuclei'
    write_scene_files(root, {'train': (3, partial(nuclei.scene, 'train')),
                             'test': (2, partial(nuclei.scene, 'test'))},
                      classes=nuclei.CLASSES, parameters={}, border=True, subsets={'2': [0, 1]})
    return root


def test_the_folder_and_the_package_say_the_same(folder):
    ours, theirs = read_data(['nuclei']), read_data([str(folder)])
    assert (len(ours.train.paths), len(ours.test.paths)) == (544, 120)
    assert (len(theirs.train.paths), len(theirs.test.paths)) == (3, 2)
    assert ours.map_classes == theirs.map_classes == ('background', 'nucleus', 'border')
    assert ours.box_classes == theirs.box_classes
    for part, other in ((ours.train, theirs.train), (ours.test, theirs.test)):
        for i in range(len(other.paths)):
            for name in ('size', 'corners', 'kinds', 'areas'):
                np.testing.assert_array_equal(getattr(part.boxes[i], name),
                                              getattr(other.boxes[i], name))
            np.testing.assert_array_equal(part.label_map(i), other.label_map(i))


def test_two_jsons_do_too(folder):
    jsons = [str(folder / f'annotations/instances_{name}.json') for name in ('train', 'test')]
    assert read_data(jsons).train.paths == read_data([str(folder)]).train.paths


def test_without_all_masks_there_are_none(folder):
    (folder / 'test/masks/000001.png').unlink()
    data = read_data([str(folder)])
    assert data.train.label_map is None and data.map_classes == ()
    assert data.train.boxes is not None


def test_classes_of_masks_are_counted_where_nobody_names_them(folder):
    (folder / 'classes.json').unlink()
    assert read_data([str(folder)]).map_classes == ('0', '1', '2')


def test_folders_of_classes_have_labels_alone(tmp_path):
    for name in ('train/b', 'train/a', 'test/b'):
        (tmp_path / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / name / '0.png'), np.zeros((4, 4, 3), np.uint8))
    data = read_data([str(tmp_path)])
    assert (data.train.labels, data.test.labels) == ((0, 1), (1,))
    assert data.train.boxes is None and data.train.label_map is None


def test_what_is_in_both_parts_is_refused(folder):
    train = str(folder / 'annotations/instances_train.json')
    with pytest.raises(ValueError, match=r'3 images are in .* keep each in one'):
        read_data([train, train])


def test_a_category_that_is_none_is_refused(folder):
    path = folder / 'annotations/instances_test.json'
    content = json.loads(path.read_text())
    content['annotations'][0]['category_id'] = 9
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match='category_id that it does not list, the first 9'):
        read_data([str(folder)])


def test_what_was_mended_is_noted(folder):
    path = folder / 'annotations/instances_test.json'
    content = json.loads(path.read_text())
    content['annotations'][0]['bbox'] = [-5, -5, 20, 20]
    path.write_text(json.dumps(content))
    assert '1 boxes of instances_test.json reach out of their images and were clipped' in (
        read_data([str(folder)]).notes)


def test_a_test_part_is_asked_for(folder):
    (folder / 'annotations/instances_test.json').unlink()
    with pytest.raises(FileNotFoundError, match=r'but none of instances_test\.json'):
        read_data([str(folder)])


@pytest.mark.parametrize(('words', 'sentence'), [
    (['a', 'b'], '--data takes nuclei, a folder, or two jsons'), (['a'], 'a is no labelled data'),
    (['a.json', 'b.json'], r'there are no annotations a\.json')])
def test_anything_else_is_refused(words, sentence):
    with pytest.raises((ValueError, FileNotFoundError), match=sentence):
        read_data(words)


def test_vocs_boxes_are_read_as_a_fine_tuning_reads_them(tmp_path):
    write_voc(tmp_path / 'voc', {'a': [('cat', (1, 1, 10, 20))], 'b': [('dog', (5, 5, 30, 30))],
                                 'c': [('cat', (1, 1, 10, 20)), ('dog', (2, 2, 8, 8))]},
              trainval='a b', test='c')
    data = read_data([str(tmp_path / 'voc')], tmp_path / 'out')
    assert [path.stem for path in data.train.paths] == ['a', 'b']
    assert [path.is_file() for path in data.test.paths] == [True]
    assert sorted(data.box_classes) == ['cat', 'dog']
    kinds = [data.box_classes[kind] for kind in data.test.boxes[0].kinds]
    assert kinds == ['cat', 'dog']
    # VOC's first pixel is 1.
    np.testing.assert_array_equal(data.train.boxes[0].corners, [[0, 0, 10, 20]])
    assert data.train.label_map is None and data.map_classes == ()


def test_folders_of_masks_are_no_classes_of_images(tmp_path):
    for split, names in (('train', 'ab'), ('test', 'c')):
        for number, name in enumerate(names):
            write_pair(tmp_path / split / 'images', tmp_path / split / 'masks', name, number + 1)
    data = read_data([str(tmp_path)], tmp_path / 'out')
    assert [path.name for path in data.train.paths] == ['a.jpg', 'b.jpg']
    assert data.train.labels is None and data.train.boxes is None
    for number, name in enumerate('ab'):
        expected = np.asarray(Image.open(tmp_path / f'train/masks/{name}.png'))
        np.testing.assert_array_equal(data.train.label_map(number), expected)
