from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from oadp_mm.probes.data import Boxes
from oadp_mm.probes.heat_objects import Annotated, annotated_images


@pytest.fixture
def annotations(tmp_path):
    """Two images of 20 x 10 px, the first with an object in its left half, and a crowd."""
    (tmp_path / 'images').mkdir()
    for i in range(2):
        cv2.imwrite(str(tmp_path / f'images/{i}.png'), np.zeros((10, 20, 3), np.uint8))
    path = tmp_path / 'annotations/instances.json'
    path.parent.mkdir()
    each = {'image_id': 0, 'category_id': 1, 'area': 100}
    path.write_text(json.dumps({
        'images': [{'id': i, 'file_name': f'{i}.png', 'width': 20, 'height': 10} for i in (0, 1)],
        'annotations': [{**each, 'id': 1, 'bbox': [0, 0, 10, 10], 'iscrowd': 0},
                        {**each, 'id': 2, 'bbox': [0, 0, 20, 10], 'iscrowd': 1}],
        'categories': [{'id': 1, 'name': 'thing'}]}))
    return path


def test_energy_in_the_objects_of_an_image(annotations, tmp_path, monkeypatch):
    found = annotated_images(annotations=annotations)
    monkeypatch.chdir(tmp_path)
    image = Path('images/0.png')  # whatever way its path is given
    assert found.corners(image).tolist() == [[0, 0, 10, 10]]
    assert found.inside(image, np.array([[3., -9, 0, 1]], np.float32)) == (.75, .5)
    assert found.inside(image, np.array([[-3., -9]], np.float32)) is None
    for other in (tmp_path / 'images/1.png', annotations):
        assert found.inside(other, np.ones((2, 2), np.float32)) is None
        assert found.corners(other).shape == (0, 4)
    assert [path.name for path in found.some(9)] == ['0.png']


def boxes(side: int, *sizes: tuple[int, int]) -> Boxes:
    """Of objects (width, height) in an image whose shorter side is given."""
    corners = np.array([(1, 2, 1 + width, 2 + height) for width, height in sizes], np.float32)
    return Boxes((side, 2 * side), corners.reshape(-1, 4), np.zeros(len(sizes), np.int64),
                 np.ones(len(sizes)))


@pytest.mark.parametrize(('found', 'size'), [
    ([boxes(100, (10, 10))], 10 * 32), ([boxes(100, (5, 20))], 10 * 32),  # of one area
    ([boxes(100, (11, 11))], 10 * 32),  # 9 cells would be larger than it
    ([boxes(100, (10, 10), (50, 50)), boxes(200, (40, 40))], 5 * 32),  # .1, .5 and .2 of a side
    ([boxes(100), boxes(100, (100, 100))], 32), ([boxes(100)], 0), ([], 0)])
def test_the_size_at_which_a_cell_is_no_larger_than_the_median_object(found, size):
    paths = [Path(f'/{number}.png') for number in range(len(found) + 1)]  # one without annotations
    there = Annotated(dict(zip(paths, found, strict=False)), (), ())
    assert there.resolving_size(paths, 32) == size


def test_images_to_measure_on_are_shown_and_those_to_train_on_give_statistics():
    found = annotated_images(['nuclei'])
    shown = found.some(6)
    assert len(shown) == 6 and set(shown) <= set(found.shown)
    assert (len(found.shown), len(found.others)) == (120, 544)
    assert len(found.boxes) == 664


def test_data_without_boxes_are_refused(tmp_path):
    for split in ('train', 'test'):
        for name in ('a', 'b'):
            (tmp_path / split / name).mkdir(parents=True)
            cv2.imwrite(str(tmp_path / split / name / '1.png'), np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(ValueError, match='has no boxes of objects, in which'):
        annotated_images([str(tmp_path)])
