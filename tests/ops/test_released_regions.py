from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chi2
from torch import Generator

from oadp_mm.ops.regions import Region
from oadp_mm.ops.released_regions import released_region
from tests.ops.test_regions import RARE, deviation
from tests.oracles import regions as oracle

GRID, BOUNDS, STRIDE, DRAWS = (7, 7), (3, 5), 32, 4000


def draw(count: int = DRAWS, grid=GRID) -> list[tuple[Region, Region]]:
    generator = Generator().manual_seed(0)
    return [released_region(grid, BOUNDS, STRIDE, generator) for _ in range(count)]


def overlap(cells: Region, pixels: Region) -> float:
    """Share of the pooled cells' area that was pasted."""
    shown = cells.scaled(STRIDE).mask((224, 224)) & pixels.mask((224, 224))
    return float(shown.sum()) / (cells.height * cells.width * STRIDE ** 2)


@pytest.mark.parametrize('grid', [(7, 7), (6, 8)])
def test_draws_follow_the_released_code(grid: tuple[int, int]) -> None:
    """The law is the oracle's, by counting the pixels that lead to each start."""
    law = {(h, w, y, x): p * q / 9 for h in (3, 4, 5) for w in (3, 4, 5)
           for y, p in oracle.released_starts(grid[0], h, STRIDE).items()
           for x, q in oracle.released_starts(grid[1], w, STRIDE).items()}
    assert sum(law.values()) == 1
    drawn = Counter()
    for cells, pixels in draw(grid=grid):
        drawn[cells.height, cells.width, pixels.top, pixels.left] += 1
        assert (pixels.height, pixels.width) == (STRIDE * cells.height, STRIDE * cells.width)
        assert (cells.top, cells.left) == (pixels.top // STRIDE, pixels.left // STRIDE)
    assert deviation(drawn, law) < chi2.isf(RARE, len(law) - 1)


def test_most_draws_pool_other_cells_than_were_pasted() -> None:
    """87 % of them, and 71 % of the pooled area was pasted; both counted exactly by the oracle.

    A start that is not held lies on whole cells. A held one is a pixel before a cell: of the n
    pooled cells of that side n - 1 and one of 32 pixels are pasted.
    """
    exact, area = 0.0, 0.0
    for side in (3, 4, 5):
        starts = oracle.released_starts(7, side, STRIDE)
        whole = sum(p for start, p in starts.items() if start % STRIDE == 0)
        exact += float(whole) / 3
        area += float(whole + (1 - whole) * (STRIDE * (side - 1) + 1) / (STRIDE * side)) / 3
    assert (round(1 - exact ** 2, 3), round(area ** 2, 3)) == (0.871, 0.712)
    shares = np.array([overlap(*pair) for pair in draw()])
    # four standard errors of a share of 4,000 draws, and of a mean
    assert abs((shares < 1).mean() - (1 - exact ** 2)) < 4 * np.sqrt(0.871 * 0.129 / DRAWS)
    assert abs(shares.mean() - area ** 2) < 4 * shares.std() / np.sqrt(DRAWS)


def test_a_held_start_is_a_pixel_before_a_cell() -> None:
    starts = {(pair[0].width, pair[1].left) for pair in draw()}
    assert {(width, left) for width, left in starts if left % STRIDE} == {
        (3, 127), (4, 95), (5, 63)}


@pytest.mark.parametrize('bounds', [(3, 7), (7, 7)])
def test_a_region_as_wide_as_the_map_is_refused(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"placement='released' draws sides of .* the map, 7x7"):
        released_region(GRID, bounds, STRIDE)
