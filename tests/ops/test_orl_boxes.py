from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from oadp_mm.ops.orl_boxes import iou, jittered, orl_filter


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


class TestJittered:
    """Against a loop that draws one number after the other, on boxes inside and at an edge.

    Where more overlap is asked for, less of the greatest shift is ever seen.
    """

    settings = dict(shift=.5, area=(.5, 2), ratio=(.5, 2), min_iou=.5)
    draws = 20_000

    def loop(self, rng, box, height, width, tries, min_iou):
        x1, y1, x2, y2 = box
        w, h = x2 - x1, y2 - y1
        for _ in range(tries):
            x, y = ((a + b) / 2 + rng.uniform(-.5, .5) * (b - a) for a, b in ((x1, x2), (y1, y2)))
            area, aspect = w * h * rng.uniform(.5, 2), math.exp(rng.uniform(-1, 1) * math.log(2))
            w2, h2 = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            left, top = round(x - w2 / 2), round(y - h2 / 2)
            other = [left, top, left + w2, top + h2]
            if left >= 0 and top >= 0 and other[2] <= width and other[3] <= height:
                shared = (max(0, min(x2, other[2]) - max(x1, left))
                          * max(0, min(y2, other[3]) - max(y1, top)))
                if shared > min_iou * (w * h + w2 * h2 - shared):
                    return other
        return list(box)

    @pytest.mark.parametrize(('box', 'tries', 'min_iou'), [
        ([200, 150, 320, 260], 200, .5), ([0, 0, 400, 300], 12, .5), ([500, 300, 640, 480], 3, .5),
        ([200, 100, 420, 210], 5, .1)])
    def test_its_draws_are_distributed_as_those_of_a_loop(self, box, tries, min_iou):
        settings = {**self.settings, 'min_iou': min_iou}
        rng = np.random.default_rng(0)
        ours = np.array([jittered(rng.random((tries, 4)), np.array(box), 480, 640, **settings)
                         for _ in range(self.draws)])
        theirs = np.array([self.loop(rng, box, 480, 640, tries, min_iou)
                           for _ in range(self.draws)])
        fell_back = [(boxes == box).all(axis=1) for boxes in (ours, theirs)]
        # Two samples of 20,000 differ by more with a chance of about 1e-4 a figure (Kolmogorov).
        most = math.sqrt(-math.log(1e-4 / 2) / self.draws)
        assert abs(fell_back[0].mean() - fell_back[1].mean()) < most
        for one, other in zip(self.figures(ours), self.figures(theirs), strict=True):
            at = np.unique([one, other])
            shares = [np.searchsorted(np.sort(each), at, 'right') / self.draws
                      for each in (one, other)]
            assert np.abs(shares[0] - shares[1]).max() < most
        tried = ours[~fell_back[0]]
        assert (tried >= 0).all() and (tried <= [640, 480, 640, 480]).all()
        assert all(overlap(box, other) > min_iou for other in tried[:3000].tolist())
        aspects = (tried[:, 2] - tried[:, 0]) / (tried[:, 3] - tried[:, 1])
        assert (aspects > .49).all() and (aspects < 2.04).all()

    @staticmethod
    def figures(boxes):
        """Centre in x and y, area and aspect ratio."""
        w, h = (boxes[:, 2:] - boxes[:, :2]).T
        return boxes[:, 0] + w / 2, boxes[:, 1] + h / 2, w * h, w / h

    def test_an_overlap_of_just_a_half_does_not_count(self):
        """120 pixels to a side, moved by 40 to the right, or by 39; neither grown nor reshaped."""
        box = np.array([100, 100, 220, 220])
        tries = np.array([[.5 + move / 120, .5, 1 / 3, .5] for move in (40, 39)])
        for min_iou, left in ((.5, 139), (.49, 140)):
            found = jittered(tries, box, 400, 400, **{**self.settings, 'min_iou': min_iou})
            assert found.tolist() == [left, 100, left + 120, 220]

    def test_where_no_try_counts_the_box_stays(self):
        box = np.array([0, 0, 10, 10])
        far = np.array([[0.0, 0, 1 / 3, .5]] * 5)
        assert jittered(far, box, 20, 20, **self.settings).tolist() == box.tolist()
