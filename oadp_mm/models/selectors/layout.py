"""How many cells a view has and how many patches a pool: set, or following from the view's size."""
from __future__ import annotations

from typing import NamedTuple

from oadp_mm.ops.patches import patches_per_side

#: Where a config says it.
SIZE = 'train_dataloader.dataset.views.crop.size'


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
        wrong = ('not square' if height != width else
                 f'smaller than {span + 1}x{span + 1} cells of {stride} pixels' if grid <= span else
                 f'no multiple of {stride}, the pixels of a cell' if height % stride else '')
        if wrong:
            raise ValueError(f'views of {height}x{width} pixels are {wrong}: type '
                             f'{_derived(height, width, k, span, stride)}')
    elif height % grid or width % grid:
        raise ValueError(
            f'views of {height}x{width} pixels do not divide into the {grid}x{grid} cells that '
            f'model.selector sets: type {_derived(height, width, k, span, stride, free="grid")}, '
            f'which lets the grid follow the views, or --cfg-options {SIZE}={grid * stride}')
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
            f'cells on a {grid}x{grid} grid: type --cfg-options model.selector.k=None, which makes '
            f'it {_two_thirds(grid, span)}, or choose another one')
    return k


def _derived(height: int, width: int, k: int | None, span: int, stride: int,
             free: str = '') -> str:
    """What to type for a layout that follows from the nearest size that has one."""
    grid = max(round(min(height, width) / stride), span + 1)
    settings = [f'model.selector.{free}=None'] if free else []
    if not height == width == grid * stride:
        settings.append(f'{SIZE}={grid * stride}')
    if k is not None and not 1 <= k < patches_per_side(grid, span)**2:
        settings.append('model.selector.k=None')
    return f'--cfg-options {" ".join(settings)}'


def _two_thirds(grid: int, span: int) -> int:
    return 2 * patches_per_side(grid, span)**2 // 3
