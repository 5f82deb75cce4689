from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from oadp_mm.ops.boxes import jitter, seen, soco_filter, squares
from oadp_mm.ops.windows import Window


def by_the_text(boxes, height, width, min_side=32):
    """The sentences of the paper and the code, box by box, in fractions."""
    sides = [(Fraction(int(x2) - int(x1)), Fraction(int(y2) - int(y1)))
             for x1, y1, x2, y2 in boxes]
    large = [w >= min_side and h >= min_side for w, h in sides]
    compact = [w > 0 and h > 0 and Fraction(1, 3) <= w / h <= 3 for w, h in sides]
    medium = [Fraction(3, 10) ** 2 <= w * h / (width * height) <= Fraction(8, 10) ** 2
              for w, h in sides]
    for conditions in ((large, compact, medium), (large, compact), (large,)):
        kept = [all(each) for each in zip(*conditions, strict=True)]
        if any(kept):
            return [box.tolist() for box, keep in zip(boxes, kept, strict=True) if keep]
    return [[0, 0, width, height]]


class TestFilter:
    def test_it_keeps_what_the_text_keeps(self):
        rng = np.random.default_rng(0)
        for _ in range(300):
            height, width = rng.integers(20, 300, 2).tolist()
            ends = np.sort(rng.integers(0, [[width], [height]], (20, 2, 2), endpoint=True), axis=2)
            boxes = ends.transpose(0, 2, 1).reshape(-1, 4).astype(np.int32)
            boxes = boxes[:rng.integers(1, 20)]
            assert soco_filter(boxes, height, width).tolist() == by_the_text(boxes, height, width)

    @pytest.mark.parametrize(('box', 'kept'), [
        ([0, 0, 60, 60], True), ([0, 0, 59, 60], False),  # .3 of 200 x 200
        ([0, 0, 160, 160], True), ([0, 0, 161, 160], False),  # .8
        ([0, 0, 180, 60], True), ([0, 0, 181, 60], False), ([5, 5, 64, 183], False),
    ])
    def test_bounds_are_kept_themselves(self, box, kept):
        good = [10, 10, 110, 110]
        found = soco_filter(np.array([good, box]), 200, 200).tolist()
        assert found == ([good, box] if kept else [good])

    def test_the_scale_falls_first_then_the_ratio_then_the_boxes(self):
        small, slim, tiny = [0, 0, 32, 40], [0, 0, 32, 120], [0, 0, 31, 40]
        boxes = np.array([tiny, slim, small])
        assert soco_filter(boxes, 400, 400).tolist() == [small]
        assert soco_filter(boxes[:2], 400, 400).tolist() == [slim]
        assert soco_filter(boxes[:1], 400, 300).tolist() == [[0, 0, 300, 400]]
        assert soco_filter(boxes[:0], 1, 5000).tolist() == [[0, 0, 5000, 1]]

    def test_a_small_image_needs_a_smaller_side(self):
        boxes = np.array([[0, 0, 20, 20]])
        assert soco_filter(boxes, 40, 40).tolist() == [[0, 0, 40, 40]]
        assert soco_filter(boxes, 40, 40, min_side=8).tolist() == [[0, 0, 20, 20]]

    def test_what_lies_outside_is_cut_off(self):
        boxes = np.array([[-30, -50, 100, 90], [250, 250, 400, 400], [150, 150, 260, 900]])
        assert soco_filter(boxes, 200, 200).tolist() == [[0, 0, 100, 90]]

    def test_large_images_do_not_overflow(self):
        """100 areas of 40,000 x 40,000 are more than 32 bits hold."""
        boxes = np.array([[0, 0, 20000, 20000], [0, 0, 40000, 40000]], np.int32)
        assert soco_filter(boxes, 40000, 40000).tolist() == [[0, 0, 20000, 20000]]


class TestSeen:
    left, right = Window(0, 0, 100, 60, (50, 30)), Window(0, 50, 100, 60, (200, 120))

    def test_a_box_is_in_all_views_or_not_seen(self):
        boxes = np.array([[0, 0, 50, 50], [0, 0, 51, 50], [60, 0, 90, 50], [52, 3, 58, 9]])
        assert seen(boxes, [self.left, self.right], 0).tolist() == [False, True, False, True]
        assert seen(boxes, [], 0).all()

    def test_a_remnant_is_measured_in_the_pixels_of_each_view(self):
        """8 pixels are 16 of the image in the left view and 4 in the right one."""
        for width, in_left, in_right in ((15.9, False, True), (16, True, True), (3.9, False, False),
                                         (4, False, True)):
            box = np.array([[60 - width, 0, 60, 50]])
            assert seen(box, [self.left], 8).tolist() == [in_left]
            box = np.array([[50, 0, 50 + width, 50]])
            assert seen(box, [self.right], 8).tolist() == [in_right]


class TestJitter:
    box = np.array([[40.0, 60.0, 60.0, 100.0]])

    @pytest.mark.parametrize(('shares', 'of', 'expected'), [
        ([.1, 0, 0, 0], 'centre', [42, 60, 62, 100]), ([.1, 0, 0, 0], 'corner', [42, 60, 62, 100]),
        ([0, -.1, 0, 0], 'centre', [40, 56, 60, 96]), ([0, 0, 0, 0], 'corner', [40, 60, 60, 100]),
        ([0, 0, .1, 0], 'centre', [39, 60, 61, 100]), ([0, 0, .1, 0], 'corner', [40, 60, 62, 100]),
        ([0, 0, 0, -.1], 'centre', [40, 62, 60, 98]), ([0, 0, 0, -.1], 'corner', [40, 60, 60, 96]),
        ([.1, .1, .1, .1], 'centre', [41, 62, 63, 106]),
        ([.1, .1, .1, .1], 'corner', [42, 64, 64, 108]),
    ])
    def test_each_share_moves_its_own(self, shares, of, expected):
        found = jitter(self.box, np.array([shares], float), of)
        np.testing.assert_allclose(found, [expected], rtol=1e-12)


def test_a_square_has_its_share_of_the_area_around_its_place():
    found = squares(np.array([[10.0, 20.0, 50.0, 30.0]]), np.array([.25]), np.array([[.5, 0]]))
    np.testing.assert_allclose(found, [[25, 15, 35, 25]])
    assert math.isclose(np.prod(found[0, 2:] - found[0, :2]), .25 * 40 * 10)
