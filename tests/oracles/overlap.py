"""What patches of two windows share, painted on a canvas with `grid` points a pixel's side."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def painted(window: Sequence[int], patch: int, grid: int, span: int, side: int) -> np.ndarray:
    """Where a patch of a view lies on the canvas of a square image of `side` pixels."""
    top, left, height, width, flipped = window
    cells = np.zeros((grid, grid), bool)
    row, column = divmod(patch, grid + 1 - span)
    cells[row:row + span, column:column + span] = True
    view = cells.repeat(height, 0).repeat(width, 1)  # as many points as pixels times the grid
    canvas = np.zeros((grid * side, grid * side), bool)
    canvas[grid * top:grid * (top + height), grid * left:grid * (left + width)] = (
        view[:, ::-1] if flipped else view)
    return canvas


def best_covers(windows: Sequence[Sequence[int]], small_pool: Sequence[int],
                large_pool: Sequence[int], grid: int, spans: tuple[int, int], side: int,
                ) -> list[int]:
    """For each small patch the place in the pool of the one that covers it most, then is nearest.
    """
    small, large = ([painted(window, patch, grid, span, side) for patch in pool]
                    for window, pool, span in zip(windows, (small_pool, large_pool), spans,
                                                  strict=True))
    centres = [[np.argwhere(mask).mean(0) for mask in masks] for masks in (small, large)]
    found = []
    for mask, centre in zip(small, centres[0], strict=True):
        keys = [(-int((mask & other).sum()), round(float(((centre - at) ** 2).sum()), 6))
                for other, at in zip(large, centres[1], strict=True)]
        found.append(min(range(len(keys)), key=keys.__getitem__))
    return found
