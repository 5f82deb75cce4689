"""Gray-level histograms of all patches of a view, counted once.

Every quantity of eq. 2 is a function of one `grid*grid x 256` table a view: the histogram of a
larger patch is the sum of its cells', the view's is the sum of all.
"""
from __future__ import annotations

from functools import reduce

import torch
from jaxtyping import Int64, Integer, Shaped
from torch import Tensor

from oadp_mm.ops.patches import check_gray, patches_per_side

LEVELS = 256


def count(values: Int64[Tensor, '*b n'], bins: int,
          dtype: torch.dtype = torch.long) -> Integer[Tensor, '*b {bins}']:
    """How often each of 0..bins-1 occurs along the last axis; unlike bincount, no device waits."""
    counts = values.new_zeros((*values.shape[:-1], bins), dtype=dtype)
    # The same 1 is added for all; it need not be repeated in memory.
    return counts.scatter_add_(-1, values, counts.new_ones(()).expand_as(values))


def cell_histograms(gray: Shaped[Tensor, 'b h w'],
                    grid: int) -> Int64[Tensor, 'b {grid} {grid} 256']:
    """Counts of each gray level in each cell of the grid.

    Args:
        gray: uint8 views whose sides are multiples of `grid`.
        grid: cells per side.

    Raises:
        TypeError, ValueError: see `oadp_mm.ops.patches.check_gray`.
    """
    cell_h, cell_w = check_gray(gray, grid)
    cells = gray.unfold(1, cell_h, cell_h).unfold(2, cell_w, cell_w)
    return count(cells.flatten(3).long(), LEVELS)


def patch_histograms(cells: Int64[Tensor, 'b grid grid 256'],
                     span: int) -> Int64[Tensor, 'b patches 256']:
    """Counts of each gray level in each `span x span` patch, in raster order."""
    side = patches_per_side(cells.shape[1], span)  # refuses a span that does not fit
    # Whole rows of cells, then columns: contiguous sums, and 2 span - 1 of them, not span**2.
    rows = reduce(torch.add, (cells[:, i:i + side] for i in range(span)))
    return reduce(torch.add, (rows[:, :, i:i + side] for i in range(span))).flatten(1, 2)
