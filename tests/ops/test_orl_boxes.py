from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from oadp_mm.ops.orl_boxes import iou, orl_filter


def overlap(a, b):
    """IoU by counting columns and rows that both have."""
    both = (len(range(max(a[0], b[0]), min(a[2], b[2])))
            * len(range(max(a[1], b[1]), min(a[3], b[3]))))
    areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b)]
    return Fraction(both, sum(areas) - both)


def by_the_text(boxes, height, width, min_side, most):
    """The sentences of the supplement and the code, box by box, in fractions."""
    kept = []
    for box in boxes:
        w, h = box[2] - box[0], box[3] - box[1]
        if w >= min_side and h >= min_side and Fraction(1, 3) <= Fraction(w, h) <= 3 and not any(
                overlap(box, other) > Fraction(1, 2) for other in kept):
            kept.append(box)
    return (kept or boxes[:1] or [[0, 0, width, height]])[:most]


class TestFilter:
    def test_it_keeps_what_the_text_keeps(self):
        rng, counts = np.random.default_rng(0), []
        for _ in range(300):
            height, width = rng.integers(20, 300, 2).tolist()
            places = [[width], [height]]  # on a grid, where some overlap by exactly a half
            steps = rng.integers(0, 8, (int(rng.integers(0, 60)), 2, 2))
            ends = np.sort(steps, axis=2) * np.array(places) // 8 + np.array([0, 1])
            boxes = ends.transpose(0, 2, 1).reshape(-1, 4).astype(np.int32)
            min_side, most = rng.integers(1, [40, 20]).tolist()
            found = orl_filter(boxes, height, width, min_side=min_side, most=most).tolist()
            assert found == by_the_text(boxes.tolist(), height, width, min_side, most)
            counts.append(len(found))
        assert np.unique(counts).size > 8

    @pytest.mark.parametrize(('box', 'kept'), [
        ([200, 0, 296, 96], True), ([200, 0, 295, 96], False), ([200, 0, 296, 95], False),
        ([200, 0, 500, 100], True), ([200, 0, 501, 100], False), ([200, 0, 300, 301], False),
        ([0, 0, 100, 200], True), ([0, 0, 100, 199], False),  # of the first, a half
    ])
    def test_bounds_are_kept_themselves(self, box, kept):
        good = [0, 0, 100, 100]
        found = orl_filter(np.array([good, box]), 600, 600).tolist()
        assert found == ([good, box] if kept else [good])

    def test_what_was_dropped_drops_nothing(self):
        """Each overlaps the next by 2/3 of 120 pixels, and that one's next by 1/3."""
        boxes = np.array([[x, 0, x + 120, 100] for x in (0, 24, 48, 72)])
        assert orl_filter(boxes, 200, 200).tolist() == boxes[[0, 2]].tolist()

    def test_there_is_always_one(self):
        small = np.array([[5, 5, 20, 20], [0, 0, 30, 30]])
        assert orl_filter(small, 40, 50).tolist() == [[5, 5, 20, 20]]
        assert orl_filter(small[:0], 40, 50).tolist() == [[0, 0, 50, 40]]
        assert orl_filter(small, 40, 50, min_side=16).tolist() == [[0, 0, 30, 30]]

    def test_a_limit_of_one_keeps_equal_boxes(self):
        boxes = np.tile([0, 0, 100, 100], (3, 1))
        assert len(orl_filter(boxes, 100, 100, max_iou=1.0)) == 3
        assert len(orl_filter(boxes, 100, 100)) == 1

    def test_large_images_do_not_overflow(self):
        boxes = np.array([[0, 0, 60000, 60000], [0, 0, 60000, 30001]], np.int32)
        assert orl_filter(boxes, 60000, 60000).tolist() == boxes[:1].tolist()
        boxes[1, 3] = 30000
        assert orl_filter(boxes, 60000, 60000).tolist() == boxes.tolist()


def test_iou_is_that_of_counted_pixels():
    ends = np.sort(np.random.default_rng(0).integers(0, 20, (200, 2, 2)), axis=2)
    boxes = (ends + np.array([0, 1])).transpose(0, 2, 1).reshape(-1, 4)
    expected = [float(overlap(boxes[0].tolist(), box)) for box in boxes.tolist()]
    assert iou(boxes[0], boxes).tolist() == expected
