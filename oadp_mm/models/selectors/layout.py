"""How many cells a view has and how many patches a pool: set, or following from the view's size."""
from __future__ import annotations

from typing import NamedTuple

from oadp_mm.ops.patches import patches_per_side


class Layout(NamedTuple):
    """Cells per side of a view, and patches in a pool."""

    grid: int
    k: int


def view_layout(height: int, width: int, *, grid: int | None, k: int | None, span: int,
                stride: int) -> Layout:
    """The layout of views of a size; what is None follows from it.

    The paper's is a cell every 32 pixels, 7x7 in a view of 224, and 24 of the 36 large patches
    there (III-A, IV-A 2): two thirds of them.

    Args:
        height: of the views, in pixels.
        width: likewise.
        grid: cells per side, which divide both sides.
        k: patches in a pool, fewer than there are of `span` cells.
        span: cells per side of a large patch.
        stride: pixels per side of a cell, where `grid` is None.

    Raises:
        ValueError: the views have no such layout; the message names one that works.
    """
    if grid is None:
        grid = height // stride
        if height != width or height % stride or grid <= span:
            nearest = max(round(min(height, width) / stride), span + 1)
            raise ValueError(
                f'views of {height}x{width} pixels are no square of at least {span + 1}x{span + 1} '
                f'cells of {stride} pixels: set views.crop.size={nearest * stride}, where '
                f'model.selector may leave out grid={nearest} and k={_two_thirds(nearest, span)}')
    elif height % grid or width % grid:
        raise ValueError(
            f'views of {height}x{width} pixels do not divide into a {grid}x{grid} grid: leave grid '
            'and k out of model.selector, which then follow the views, or set '
            f'views.crop.size={grid * stride}')
    return Layout(grid, pool_size(grid, k, span))


def pool_size(grid: int, k: int | None, span: int) -> int:
    """k, or what takes its place on this grid.

    Raises:
        ValueError: a pool of k would leave none of the patches out, or `span` none of the grid.
    """
    candidates = patches_per_side(grid, span)**2
    if k is None:
        return _two_thirds(grid, span)
    if not 1 <= k < candidates:
        raise ValueError(
            f'a pool must be a choice: k={k} is not in 1..{candidates - 1} for patches of {span} '
            f'cells on a {grid}x{grid} grid: leave k out of model.selector, which is '
            f'{_two_thirds(grid, span)} then, or choose another one')
    return k


def _two_thirds(grid: int, span: int) -> int:
    return 2 * patches_per_side(grid, span)**2 // 3
