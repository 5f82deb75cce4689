"""Labels carried over from the nearest cells, by loops (Balazevic et al. 2023)."""
from __future__ import annotations

import math

import numpy as np

from tests.oracles.neighbours import nearest


def attended(cell: np.ndarray, bank: np.ndarray, shares: np.ndarray, count: int,
             temperature: float) -> np.ndarray:
    near = nearest(cell, bank, count)
    weights = [math.exp((value - near[0][0]) / temperature) for value, _ in near]
    return sum(weight * shares[row] for weight, (_, row) in zip(weights, near, strict=True)) / sum(
        weights)


def weights(shares: np.ndarray) -> list[int]:
    """Of each cell: for each class in it, how many cells hold that class."""
    holders = [[cell for cell in range(shares.shape[1]) if shares[kind, cell] > 0]
               for kind in range(len(shares))]
    return [sum(len(each) for each in holders if cell in each) for cell in range(shares.shape[1])]
