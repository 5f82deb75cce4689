"""The grid of a view: which patches there are, and their pixels.

A view is cut into `grid x grid` cells; a patch is a `span x span` square of cells and slides by
one cell, so there are `(grid + 1 - span)**2` of them, numbered in raster order `y * side + x`
(paper, III-A).
"""
from __future__ import annotations

import torch
from jaxtyping import Int64, Shaped, UInt8
from torch import Tensor


def patches_per_side(grid: int, span: int) -> int:
    """Number of positions of a `span`-cell patch along one side of a `grid`-cell view.

    Raises:
        ValueError: unless `1 <= span < grid`.
    """
    if not 1 <= span < grid:
        raise ValueError(f'a patch spans at least 1 and fewer cells than the grid has, '
                         f'got span={span} with grid={grid}')
    return grid + 1 - span


def check_gray(gray: Tensor, grid: int) -> tuple[int, int]:
    """Height and width in pixels of one cell, after checking that `gray` is a batch of views.

    Raises:
        TypeError: `gray` is not uint8.
        ValueError: `gray` is not a non-empty (b, h, w) whose sides are multiples of `grid`.
    """
    if gray.dtype != torch.uint8:
        raise TypeError(f'gray levels must be uint8, got {gray.dtype}; '
                        'take them before the view is normalised')
    if gray.ndim != 3 or 0 in gray.shape:
        raise ValueError('gray levels must be a non-empty batch (b, h, w), '
                         f'got shape {tuple(gray.shape)}')
    height, width = gray.shape[1:]
    if height % grid or width % grid:
        raise ValueError(f'a view of {height}x{width} pixels does not divide into a '
                         f'{grid}x{grid} grid; choose view sides that are multiples of {grid}')
    return height // grid, width // grid


def cut_patches(gray: Shaped[Tensor, 'b h w'], index: Int64[Tensor, 'b k'], *, grid: int,
                span: int) -> UInt8[Tensor, 'b k ph pw']:
    """Pixels of the chosen patches.

    Args:
        gray: uint8 views.
        index: raster numbers of the patches, each below `patches_per_side(grid, span)**2`.
        grid: cells per side of the view.
        span: cells per side of a patch.

    Returns:
        Copies of the patches, `span` cells high and wide.
    """
    cell_h, cell_w = check_gray(gray, grid)
    side = patches_per_side(grid, span)
    windows = gray.unfold(1, span * cell_h, cell_h).unfold(2, span * cell_w, cell_w)
    image = torch.arange(len(gray), device=gray.device)[:, None]
    return windows[image, index // side, index % side]
