"""Spread of rows by loops over pairs, and the spectrum of their Gram matrix."""
from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np


def units(rows: np.ndarray) -> list[np.ndarray]:
    lengths = [math.sqrt(sum(float(each)**2 for each in row)) for row in rows]
    return [row / length if length else row for row, length in zip(rows, lengths, strict=True)]


def pairs(rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    return combinations(units(rows), 2)


def effective_rank(rows: np.ndarray, epsilon: float) -> float:
    """Singular values are roots of the Gram matrix's eigenvalues."""
    gram = rows @ rows.T if len(rows) < rows.shape[1] else rows.T @ rows
    values = [math.sqrt(max(value, 0)) for value in np.linalg.eigvalsh(gram)]
    shares = [value / sum(values) + epsilon for value in values]
    return math.exp(-sum(share * math.log(share) for share in shares))


def mean_cosine(rows: np.ndarray) -> float:
    return float(np.mean([a @ b for a, b in pairs(rows)]))


def uniformity(rows: np.ndarray, t: float) -> float:
    return math.log(np.mean([math.exp(-t * ((a - b)**2).sum()) for a, b in pairs(rows)]))


def alignment(first: np.ndarray, second: np.ndarray, power: float) -> float:
    return float(np.mean([math.dist(a, b)**power for a, b in zip(units(first), units(second),
                                                                 strict=True)]))
