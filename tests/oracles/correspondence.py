"""Cells found again, by loops; a view is told by its numbers, with no matrix."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.oracles.neighbours import cosine


def centre(row: int, column: int, grid: tuple, size: tuple) -> tuple[float, float]:
    return (column + .5) * size[1] / grid[1], (row + .5) * size[0] / grid[0]


def in_image(place: tuple[float, float], window: Any) -> tuple[float, float]:
    x, y = place
    if window.flipped:
        x = window.size[1] - x
    return (window.left + x * window.width / window.size[1],
            window.top + y * window.height / window.size[0])


def in_view(place: tuple[float, float], window: Any) -> tuple[float, float]:
    x = (place[0] - window.left) * window.size[1] / window.width
    y = (place[1] - window.top) * window.size[0] / window.height
    return (window.size[1] - x if window.flipped else x), y


def found_again(first: np.ndarray, second: np.ndarray, window: Any, other: Any, alpha: float,
                measure: str) -> tuple[int, float, int]:
    """Cells found, expected by chance and looked for, of one pair of maps (c, h, w)."""
    grid, there = first.shape[1:], second.shape[1:]
    length = (max(other.size) if measure == 'view' else
              math.hypot(other.size[0] / there[0], other.size[1] / there[1]))
    hits, chance, count = 0, 0., 0
    for row, column in np.ndindex(*grid):
        place = in_view(in_image(centre(row, column, grid, window.size), window), other)
        if not (0 <= place[0] < other.size[1] and 0 <= place[1] < other.size[0]):
            continue
        cells = list(np.ndindex(*there))
        right = [math.dist(centre(*cell, there, other.size), place) <= alpha * length
                 for cell in cells]
        values = [cosine(first[:, row, column], second[:, y, x]) for y, x in cells]
        hits += right[int(np.argmax(values))]
        chance += sum(right) / len(right)
        count += 1
    return hits, chance, count
