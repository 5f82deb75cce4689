"""Where RegionCL's released code places a region, which is not where it pools it.

It rounds a pixel that is drawn uniformly to whole cells, holds the start where the region ends a
pixel before the border, and divides by a cell's side without a remainder to pool. A start that was
held lies a pixel before a cell, so that the pooled cells are all but a cell further up or left than
the pixels. The paper (3.1) has regions of whole cells.
"""
from __future__ import annotations

import torch
from torch import Generator

from oadp_mm.ops.regions import Region, check_bounds


@torch.compiler.disable  # see `random_region`
def released_region(grid: tuple[int, int], bounds: tuple[int, int], stride: int,
                    generator: Generator | None = None) -> tuple[Region, Region]:
    """Draw a region as the released code does: the cells that are pooled, the pixels pasted.

    Its size is that of `random_region`. Of a 7x7 map and sides of 3 to 5 cells of 32 pixels, 87 %
    of the draws pool other cells than were pasted; over all draws 71 % of the pooled area is of the
    pasted image.

    Args:
        grid: rows and columns of cells.
        bounds: least and greatest side of a region in cells, both included.
        stride: pixels of a cell.
        generator: of the numbers; torch's global one if None.

    Raises:
        ValueError: see `check_bounds`; a region could span the grid, where the code starts before
            the image.
    """
    low, high = check_bounds(bounds)
    if high >= min(grid):
        raise ValueError(f"placement='released' draws sides of {low}..{high} cells below those of "
                         f"the map, {grid[0]}x{grid[1]}: lower `region`, enlarge the views or "
                         "leave placement at 'cells'")
    height, width = torch.randint(low, high + 1, (2,), generator=generator).tolist()
    top, left = (_start(cells, side, stride, generator)
                 for cells, side in zip(grid, (height, width), strict=True))
    return (Region(top // stride, left // stride, height, width),
            Region(top, left, height * stride, width * stride))


def _start(cells: int, side: int, stride: int, generator: Generator | None) -> int:
    pixel = int(torch.randint(cells * stride, (), generator=generator))
    # Halves go to the even cell, by Python as by torch.
    return min(round(pixel / stride) * stride, (cells - side) * stride - 1)
