from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as rle

from oadp_mm.datasets.labelled.rasterise import painted
from oadp_mm.datasets.labelled.read import read_labelled
from tests.datasets.labelled.tiny_labels import (
    BOX,
    HEIGHT,
    WIDTH,
    rectangle,
    write_coco,
    write_image,
)


def expected(*boxes: tuple[int, int, int, int, int]) -> np.ndarray:
    """x, y, width, height and class, the last on top."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, width, height, number in boxes:
        labels[y:y + height, x:x + width] = number
    return labels


def annotation(box: tuple[int, ...], kind: int, segmentation=None, **others) -> dict:
    return {'bbox': list(box), 'area': box[2] * box[3], 'category_id': kind,
            'segmentation': segmentation or rectangle(*box), **others}


def test_the_smaller_lies_on_top_and_a_crowd_has_no_class():
    large, small, crowd = (4, 4, 40, 30), (10, 10, 5, 5), (0, 0, 8, 8)
    runs = rle.encode(np.asfortranarray(expected((*crowd, 1))))
    objects = [annotation(small, 7), annotation(large, 3),
               annotation(crowd, 7, {**runs, 'counts': runs['counts'].decode()}, iscrowd=1)]
    found = painted(objects, {3: 1, 7: 2}, HEIGHT, WIDTH)
    np.testing.assert_array_equal(
        found, expected((*crowd, 255), (*large, 1), (*small, 2)))


def test_runs_and_polygons_are_the_same():
    """Uncompressed runs go down the columns, of what is not and what is covered by turns."""
    x, y, width, height = BOX
    counts = [x * HEIGHT + y]
    for _ in range(width):
        counts += [height, HEIGHT - height]
    counts[-1] += (WIDTH - x - width) * HEIGHT - y
    runs = {'size': [HEIGHT, WIDTH], 'counts': counts}
    for outline in (runs, rectangle(*BOX)):
        np.testing.assert_array_equal(
            painted([annotation(tuple(BOX), 1, outline)], {1: 1}, HEIGHT, WIDTH),
            expected((*BOX, 1)))


def test_jsons_with_masks_get_maps_of_the_same_images(tmp_path):
    data = read_labelled([str(write_coco(tmp_path))], tmp_path / 'out')
    assert data.map_classes == ('background', 'one', 'two')
    told = json.loads(data.objects['train'].file.read_text())
    assert [f'{name}.png' for name in data.maps['train'].names] == [
        each['file_name'] for each in told['images']]
    mask = data.maps['train'].masks / '001.png'
    with Image.open(mask) as file:
        np.testing.assert_array_equal(np.asarray(file), expected((*BOX, 2)))
    painted_at = mask.stat().st_mtime_ns
    read_labelled([str(tmp_path)], tmp_path / 'out')
    assert mask.stat().st_mtime_ns == painted_at
    path = tmp_path / 'annotations/instances_train.json'
    path.write_text(path.read_text().replace('"category_id": 2', '"category_id": 1'))
    read_labelled([str(tmp_path)], tmp_path / 'out')
    with Image.open(mask) as file:
        np.testing.assert_array_equal(np.asarray(file), expected((*BOX, 1)))


def test_painting_that_was_stopped_is_done_again(tmp_path, monkeypatch):
    data = read_labelled([str(write_coco(tmp_path))], tmp_path / 'out')
    path = tmp_path / 'annotations/instances_train.json'
    before = path.read_text()
    path.write_text(before.replace('"category_id": 2', '"category_id": 1'))
    others: list = []

    def stopped(objects, *sizes):
        others.append(objects)
        if len(others) == 3:
            raise KeyboardInterrupt
        return painted(objects, *sizes)

    with monkeypatch.context() as patched:
        patched.setattr('oadp_mm.datasets.labelled.rasterise.painted', stopped)
        with pytest.raises(KeyboardInterrupt):
            read_labelled([str(tmp_path)], tmp_path / 'out')
    path.write_text(before)
    read_labelled([str(tmp_path)], tmp_path / 'out')
    with Image.open(data.maps['train'].masks / '001.png') as file:
        np.testing.assert_array_equal(np.asarray(file), expected((*BOX, 2)))


@pytest.mark.parametrize('how', ['boxes', 'detector', 'endings'])
def test_without_masks_or_need_there_are_no_maps(how, tmp_path):
    write_coco(tmp_path, masks=how != 'boxes')
    if how == 'endings':
        path = tmp_path / 'annotations/instances_train.json'
        path.write_text(path.read_text().replace('001.png', '001.jpg'))
        write_image(tmp_path / 'train/images/001.jpg')
    data = read_labelled([str(tmp_path)], tmp_path / 'out', maps=how != 'detector')
    assert data.maps is None
    assert not (tmp_path / 'out/masks').exists()
