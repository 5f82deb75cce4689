"""Label maps, their cells and how they overlap, pixel by pixel."""
from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np


def overlap(a: tuple[Fraction, Fraction], b: tuple[Fraction, Fraction]) -> Fraction:
    return max(Fraction(0), min(a[1], b[1]) - max(a[0], b[0]))


def shares(labels: np.ndarray, grid: tuple[int, int], classes: int,
           ) -> Iterator[tuple[int, int, list[Fraction], Fraction]]:
    """Row and column of a cell, shares of the classes in its labelled area, and that area's own."""
    high, wide = (Fraction(side, count) for side, count in zip(labels.shape, grid, strict=True))
    for row in range(grid[0]):
        for column in range(grid[1]):
            areas = [Fraction(0)] * classes
            for y, x in np.ndindex(*labels.shape):
                if labels[y, x] != 255:
                    areas[labels[y, x]] += (
                        overlap((y, y + 1), (row * high, (row + 1) * high))
                        * overlap((x, x + 1), (column * wide, (column + 1) * wide)))
            total = sum(areas)
            yield row, column, [area / total if total else area for area in areas], (
                total / (high * wide))


def between(values: np.ndarray, y: float, x: float) -> np.ndarray:
    """Bilinear between the centres of cells (k, rows, columns), flat beyond the outer ones."""
    y, x = (min(max(place - .5, 0), side - 1)
            for place, side in zip((y, x), values.shape[1:], strict=True))
    return sum(values[:, row, column] * (1 - abs(y - row)) * (1 - abs(x - column))
               for row in {math.floor(y), math.ceil(y)} for column in {math.floor(x), math.ceil(x)})


def upsampled(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    rows, columns = values.shape[1:]
    return np.array([[between(values, (y + .5) * rows / size[0], (x + .5) * columns / size[1])
                      .argmax() for x in range(size[1])] for y in range(size[0])])


def ious(prediction: np.ndarray, truth: np.ndarray, classes: int) -> list[float | None]:
    """By sets of pixels; None where the class is neither predicted nor there."""
    found = []
    for each in range(classes):
        known = [place for place in np.ndindex(*truth.shape) if truth[place] != 255]
        ours = {place for place in known if prediction[place] == each}
        theirs = {place for place in known if truth[place] == each}
        found.append(len(ours & theirs) / len(ours | theirs) if ours | theirs else None)
    return found
