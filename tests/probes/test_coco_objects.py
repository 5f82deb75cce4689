from __future__ import annotations

import json

import pytest

from oadp_mm.datasets.labelled.coco_content import mended, read_content
from oadp_mm.probes.coco_objects import read_objects


def _write(tmp_path, boxes, **more):
    (tmp_path / 'annotations').mkdir(exist_ok=True)
    (tmp_path / 'train').mkdir(exist_ok=True)
    (tmp_path / 'train/a.png').touch()
    path = tmp_path / 'annotations/instances_train.json'
    path.write_text(json.dumps({
        'images': [dict(id=7, file_name='a.png', height=10, width=20)],
        'categories': [dict(id=3, name='cat')],
        'annotations': [dict(id=i, image_id=7, category_id=3, bbox=box, **more)
                        for i, box in enumerate(boxes, 1)]}))
    return path


def test_boxes_become_corners_and_are_cut_at_the_edge(tmp_path):
    paths, (boxes,), names, notes = read_objects(_write(tmp_path, [[2, 3, 5, 4], [15, 0, 5.5, 2]]))
    assert paths == [tmp_path / 'train/a.png']
    assert boxes.size == (10, 20)
    assert boxes.corners.tolist() == [[2, 3, 7, 7], [15, 0, 20, 2]]
    assert boxes.kinds.tolist() == [3, 3]
    assert boxes.areas.tolist() == [20, 10]
    assert names == {3: 'cat'} and not notes


def test_crowds_and_slivers_are_left_out(tmp_path):
    [crowd] = read_objects(_write(tmp_path, [[0, 0, 5, 5]], iscrowd=1))[1]
    assert not len(crowd) and crowd.uncounted.tolist() == [3]
    assert not len(read_objects(_write(tmp_path, [[0, 0, 5, .5]]))[1][0])


def test_boxes_that_reach_out_are_mended_as_for_a_fine_tuning_and_told(tmp_path):
    path = _write(tmp_path, [[15, 0, 10, 2], [30, 0, 5, 5], [1, 1, 4, 4]])
    _, (boxes,), _, notes = read_objects(path)
    assert boxes.corners.tolist() == [[15, 0, 20, 2], [1, 1, 5, 5]]
    assert notes == mended(read_content(path), path.name)[1]
    assert '1 boxes of instances_train.json reach out of their images and were clipped' in notes


def test_images_that_are_nowhere_are_named(tmp_path):
    path = _write(tmp_path, [[0, 0, 5, 5]])
    (tmp_path / 'train/a.png').unlink()
    with pytest.raises(FileNotFoundError, match=r'a\.png of .* is in none of .*train/images'):
        read_objects(path)


@pytest.mark.parametrize('text', ['{', '{"images": []}', '[]'])
def test_another_form_is_refused(tmp_path, text):
    path = tmp_path / 'a.json'
    path.write_text(text)
    with pytest.raises(ValueError, match="not in the form of COCO's instances"):
        read_objects(path)
