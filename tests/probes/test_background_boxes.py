from __future__ import annotations

import numpy as np

from oadp_mm.probes.background_boxes import COVERED, sampled, with_background
from oadp_mm.probes.data import Boxes


def _boxes(corners, size=(100, 100)) -> Boxes:
    corners = np.array(corners, np.float32).reshape(-1, 4)
    return Boxes(size, corners, np.zeros(len(corners), np.int64), np.arange(len(corners)) + 1.)


def test_a_sample_has_its_size_and_no_box_twice():
    boxes = [_boxes([[0, 0, 1 + i, 1 + i] for i in range(8 * j, 8 * j + 8)]) for j in range(4)]
    some = sampled(boxes, 10, 0)
    kept = np.concatenate([each.corners[:, 2] for each in some])
    assert len(set(kept.tolist())) == len(kept) == 10
    assert [each.areas.tolist() for each in some] == [
        each.areas.tolist() for each in sampled(boxes, 10, 0)]
    assert sampled(boxes, 99, 0) == boxes


def test_places_are_of_the_same_sizes_and_beside_all_objects():
    objects = _boxes([[0, 0, 30, 20], [60, 60, 90, 100], [10, 70, 15, 75]])
    found, = with_background([objects.of(np.array([0, 2]))], [objects], 0)
    assert found.kinds.tolist() == [1, 1, 0, 0]
    assert found.areas.tolist() == [1, 3, 1, 3]
    extents = found.corners[:, 2:] - found.corners[:, :2]
    np.testing.assert_allclose(extents[:2], extents[2:], atol=1e-4)
    assert (found.corners >= 0).all() and (found.corners <= 100).all()
    for place in found.corners[2:]:
        for corners in objects.corners:
            sides = np.minimum(place[2:], corners[2:]) - np.maximum(place[:2], corners[:2])
            assert sides.clip(0).prod() <= COVERED * np.prod(place[2:] - place[:2]) + 1e-3


def test_an_object_that_leaves_no_place_is_left_out():
    objects = _boxes([[0, 0, 90, 90]])
    found, = with_background([objects], [objects], 0)
    assert not len(found)
    empty = _boxes([])
    assert not len(with_background([empty], [empty], 0)[0])
