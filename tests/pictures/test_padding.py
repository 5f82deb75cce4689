from __future__ import annotations

import numpy as np

from oadp_mm.pictures.padding import Touching
from oadp_mm.pictures.patch_pairs import Selection
from oadp_mm.pictures.views import View

SIDE, GRID = 40, 4


def selection(first: list[int], second: list[int]) -> Selection:
    """On 4x4 cells of 10 px: 16 small patches, and 9 large ones of 2x2 cells."""
    return Selection(GRID, (1, 2), (np.zeros(16), np.zeros(9)),
                     (np.array(first), np.array(second)), np.array(second))


def view(inside: np.ndarray) -> View:
    return View(np.zeros((SIDE, SIDE, 3), np.uint8), inside.astype(np.uint8))


def test_patches_touch_by_their_pixels():
    """The last row of pixels is padding, and one pixel in the middle of the upper left cell."""
    inside = np.ones((SIDE, SIDE))
    inside[-1] = 0
    inside[5, 5] = 0
    views = [view(inside), view(inside)]
    counts = Touching().and_of(views, selection([0, 1, 15], [4, 8]))
    # Small: 0 and the last four of 16. Large: 0, which holds cell 0, and the last three of 9.
    assert counts == Touching(chosen=5, chosen_touch=2 + 1, all=25, all_touch=5 + 4)
    assert str(counts) == ('60% of 5 chosen patches touch the black padding of warped views, and '
                           '36% of all 25')


def test_numbers_add_up():
    whole, none = np.ones((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    pairs = selection([0, 1], [0, 1])
    counts = Touching().and_of([view(whole), view(whole)], pairs)
    assert str(counts) == 'no black padding in any of 25 patches'
    assert counts.and_of([view(none), view(whole)], pairs) == Touching(8, 2, 50, 16)
