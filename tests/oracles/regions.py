"""Regions cell by cell: which can be drawn, what a composite shows, what is pooled (RegionCL)."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np

Box = tuple[int, int, int, int]
"""Top, left, height and width in cells."""


def probabilities(grid: tuple[int, int], bounds: tuple[int, int]) -> dict[Box, Fraction]:
    """Every region and how often it is drawn: sizes are equally likely, then the places of one."""
    sides = range(bounds[0], bounds[1] + 1)
    sizes = [(h, w) for h in sides for w in sides if (h, w) != grid]
    places = {(h, w): [(top, left) for top in range(grid[0] - h + 1)
                       for left in range(grid[1] - w + 1)] for h, w in sizes}
    return {(top, left, h, w): Fraction(1, len(sizes) * len(places[h, w]))
            for h, w in sizes for top, left in places[h, w]}


def released_starts(cells: int, side: int, stride: int) -> dict[int, Fraction]:
    """Pixel at which the released code starts a side of so many cells, and how often it does.

    A pixel of the image, each as likely; the nearest multiple of a cell, of two the one with the
    even number; at most what leaves a pixel behind the region.
    """
    size, starts = cells * stride, {}
    for pixel in range(size):
        below, rest = divmod(pixel, stride)
        up = 2 * rest > stride or (2 * rest == stride and below % 2 == 1)
        start = min((below + up) * stride, size - 1 - side * stride)
        starts[start] = starts.get(start, 0) + Fraction(1, size)
    return starts


def cells(grid: tuple[int, int], box: Box) -> Iterator[tuple[int, int, bool]]:
    """Row, column and whether it lies in the region, of every cell."""
    top, left, height, width = box
    for y in range(grid[0]):
        for x in range(grid[1]):
            yield y, x, top <= y < top + height and left <= x < left + width


def composite(images: np.ndarray, grid: tuple[int, int], box: Box,
              source: Sequence[int]) -> np.ndarray:
    """Cell after cell, an image's own or that of its source at the same place."""
    rows, columns = images.shape[2] // grid[0], images.shape[3] // grid[1]
    out = np.empty_like(images)
    for image, other in enumerate(source):
        for y, x, inside in cells(grid, box):
            here = np.s_[:, y * rows:(y + 1) * rows, x * columns:(x + 1) * columns]
            out[image][here] = images[other if inside else image][here]
    return out


def pooled(feature: np.ndarray, grid: tuple[int, int], box: Box) -> tuple[np.ndarray, np.ndarray]:
    """Means of one map (c, h, w) over the positions inside and outside the region."""
    rows, columns = feature.shape[1] // grid[0], feature.shape[2] // grid[1]
    parts: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for y, x, inside in cells(grid, box):
        parts[inside] += [feature[:, y * rows + j, x * columns + i]
                          for j in range(rows) for i in range(columns)]
    return np.mean(parts[True], axis=0), np.mean(parts[False], axis=0)


def region_loss(one: Callable[..., float], queries: Sequence[np.ndarray],
                rivals: Sequence[np.ndarray], source: Sequence[int], *, paste: bool = True,
                canvas: bool = True, negative: bool = True) -> float:
    """Eq. 2 averaged over the composites, with any base method's loss of one query.

    `one(query, positive, negatives)`: `positive` is the number of an image, `negatives` are
    further ones. Of `queries` and `rivals` the first are the pastes', the second the canvases'.
    """
    total = 0.0
    for image, pasted in enumerate(source):
        p, c = (kind[image] for kind in rivals)
        if paste:
            total += one(queries[0][image], pasted, [c] if negative else []) / 2
        if canvas:
            total += one(queries[1][image], image, [p] if negative else []) / 2
    return total / len(source)
