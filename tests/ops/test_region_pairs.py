from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.ops.region_pairs import best_pairs, kept_pairs


@pytest.mark.parametrize('seed', range(20))
def test_the_best_are_those_of_a_sorted_list(seed):
    """Of numbers with many ties, whose order is that of rows, then of columns."""
    generator = np.random.default_rng(seed)
    similarities = generator.integers(0, 4, generator.integers(1, 9, 2)).astype(np.float32) / 4
    entries = [(-value, row, column) for (row, column), value in np.ndenumerate(similarities)]
    for count in {1, 2, similarities.size // 2 or 1, similarities.size}:
        if count <= similarities.size:
            pairs, values = best_pairs(similarities, count)
            expected = sorted(entries)[:count]
            assert pairs.tolist() == [[row, column] for _, row, column in expected]
            assert values.tolist() == [-value for value, _, _ in expected]


def test_a_pair_may_share_a_box_with_another():
    """The code keeps entries of the matrix: one box may be in all of them."""
    pairs, _ = best_pairs(np.array([[.9, .8, .1], [.2, .1, 0.]]), 3)
    assert pairs.tolist() == [[0, 0], [0, 1], [1, 0]]


@pytest.mark.parametrize(('boxes', 'share', 'kept'), [
    (1, .1, 1), (9, .1, 1), (10, .1, 1), (19, .1, 1), (20, .1, 2), (30, .1, 3), (100, .1, 10),
    (100, 1, 100), (3, .5, 1)])
def test_a_tenth_of_the_boxes_rounded_down_is_kept_but_at_least_one(boxes, share, kept):
    assert kept_pairs(boxes, share) == kept
