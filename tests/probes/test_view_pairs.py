"""On maps that hold the place of each cell in the image, pairs must agree about the place."""
from __future__ import annotations

import numpy as np
import torch

from oadp_mm.ops.correspondence import centres
from oadp_mm.ops.windows import Window
from oadp_mm.probes.view_pairs import (
    as_numbers,
    as_windows,
    paired_cells,
    paired_regions,
    window_pair,
)


def _places(window: Window, grid: int) -> torch.Tensor:
    points = centres((grid, grid), window.size)
    back = np.linalg.inv(window.matrix())
    places = (points @ back[:2, :2].T + back[:2, 2]).T.reshape(2, grid, grid)
    return torch.from_numpy(places).float()


def test_windows_are_crops_of_at_least_half_the_image_and_come_again():
    pairs = [window_pair((120, 160), 64, (i,)) for i in range(40)]
    assert pairs == [window_pair((120, 160), 64, (i,)) for i in range(40)]
    for window in (each for pair in pairs for each in pair):
        assert window.size == (64, 64)
        # a row and a column of rounding
        assert window.height * window.width >= .5 * 120 * 160 - 160 - 120
    flips = [pair[1].flipped for pair in pairs]
    assert 0 < sum(flips) < 40 and not any(pair[0].flipped for pair in pairs)
    first = [pair[0] for pair in pairs]
    assert as_windows(as_numbers(first)) == first


def test_paired_cells_are_half_a_cell_apart_at_most():
    for seed in range(10):
        one, two = window_pair((120, 160), 64, (seed,))
        first, second = paired_cells(_places(one, 8)[None], _places(two, 8)[None], [one], [two])
        assert len(first)
        half = torch.tensor([two.width, two.height]) / 8 / 2
        assert ((first - second).abs() <= half + 1e-4).all()


def test_the_same_window_pairs_all_cells_with_themselves():
    window = Window(3, 5, 64, 64, (64, 64))
    maps = torch.randn(1, 4, 8, 8)
    first, second = paired_cells(maps, maps, [window], [window])
    assert torch.equal(first, second) and len(first) == 64


def test_paired_regions_are_read_at_the_same_place():
    one, two = Window(0, 0, 64, 96, (64, 64)), Window(8, 16, 48, 64, (64, 64), True)
    boxes = np.array([[32, 16, 64, 48], [0, 0, 10, 10]], np.float32)
    first, second = paired_regions(_places(one, 16)[None], _places(two, 16)[None], [one], [two],
                                   [boxes])
    # the mean place within a box is its centre
    torch.testing.assert_close(first, torch.tensor([[48., 32.]]), atol=1e-4, rtol=0)
    torch.testing.assert_close(second, torch.tensor([[48., 32.]]), atol=1e-4, rtol=0)
    none = paired_regions(_places(one, 16)[None], _places(two, 16)[None], [one], [two],
                          [boxes[1:]])
    assert none[0].shape == none[1].shape == (0, 2)
