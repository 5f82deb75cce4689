"""Whether a cell is found again in another view of its image, by its features."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from oadp_mm.ops.rows import check_lengths, check_pair, check_rows, unit
from oadp_mm.ops.windows import Window

Unit = Literal['cell', 'view']

#: Cosines this near count as equal: float64's rounding.
_EQUAL = 1e-9


class Found(NamedTuple):
    """Cells found again.

    Args:
        share: of the cells in both views, those found within the distance; 0 to 1.
        chance: the share that a random choice among all cells of the other view would find.
        cells: how many were looked for.
    """

    share: float
    chance: float
    cells: int


@torch.no_grad()
def found_again(first: Float[Tensor, 'b c h w'], second: Float[Tensor, 'b c h2 w2'],
                windows: Sequence[Window], others: Sequence[Window], *, alpha: float = .5,
                measure: Unit = 'cell') -> Found:
    """Percentage of correct keypoints where every cell is a keypoint (PCK, Yang & Ramanan 2013).

    A cell of the first view whose centre lies in the second is looked for there: the cell of
    greatest cosine is right if its centre is at most `alpha` units from the true place. Cells of
    the same cosine share the point, so that constant features find no more than chance. Memory is
    that of all pairs of cells of two views.

    Args:
        first: maps of one view of each image, of any stride.
        second: maps of another view, maybe of another size.
        windows: where the first views lie in their images.
        others: where the second ones lie.
        alpha: the distance allowed. The cell that holds the true place is right from .5 cells on.
        measure: the unit of distance, in pixels of the second view: the diagonal of a `'cell'`, or
            the longer side of the `'view'`.

    Raises:
        ValueError: other numbers of maps and windows, other channels, features that are not finite,
            or no cell that lies in both views.
    """
    check_lengths(maps=len(first), **{'maps of the other view': len(second),
                                      'windows': len(windows), 'other windows': len(others)})
    names = 'cells of the first view', 'cells of the second view'
    hits, chances, count = 0., 0., 0
    for one, two, window, other in zip(first, second, windows, others, strict=True):
        rows = [each.flatten(1).T for each in (one, two)]
        for each, name in zip(rows, names, strict=True):
            check_rows(each, name)
        check_pair(rows[0], rows[1], names)
        places = carried(centres(one.shape[1:], window.size), window, other)
        inside = ((places >= 0) & (places < np.array(other.size[::-1]))).all(1)
        right = within(places[inside], two.shape[1:], other.size, alpha, measure).to(first.device)
        cosines = unit(rows[0][torch.from_numpy(inside).to(first.device)],
                       torch.float64) @ unit(rows[1], torch.float64).T
        if len(cosines):
            best = cosines >= cosines.amax(1, keepdim=True) - _EQUAL
            hits += float(((best & right).sum(1) / best.sum(1)).sum())
            chances += float(right.double().mean(1).sum())
            count += len(cosines)
    if not count:
        raise ValueError(f'none of {len(first)} pairs of views has a cell in common: draw views '
                         'that overlap, such as crops of at least half the image')
    return Found(hits / count, chances / count, count)


def centres(grid: Sequence[int], size: tuple[int, int]) -> Float64[np.ndarray, 'n 2']:
    """(x, y) of the middle of each cell of a view, in its pixels, in raster order.

    Args:
        grid: rows and columns of cells.
        size: (height, width) of the view.
    """
    y, x = ((np.arange(count) + .5) * side / count for side, count in zip(size, grid, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def carried(places: Float64[np.ndarray, 'n 2'], window: Window, other: Window,
            ) -> Float64[np.ndarray, 'n 2']:
    """Places (x, y) in one view, in another view of the same image, be they inside it or not."""
    matrix = other.matrix() @ np.linalg.inv(window.matrix())
    return places @ matrix[:2, :2].T + matrix[:2, 2]


def within(places: Float64[np.ndarray, 'n 2'], grid: Sequence[int], size: tuple[int, int],
           alpha: float, measure: Unit) -> Tensor:
    """Which cells of a view have their centre near each place: bool (n, cells)."""
    length = max(size) if measure == 'view' else np.hypot(size[0] / grid[0], size[1] / grid[1])
    apart = np.linalg.norm(places[:, None] - centres(grid, size), axis=2)
    # A place on the corner of a cell is half a diagonal from its centre.
    return torch.from_numpy(apart <= alpha * length * (1 + 1e-9))
