"""Votes of nearest rows and their retrieval, by loops over pairs of rows."""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    lengths = math.sqrt(float(a @ a)) * math.sqrt(float(b @ b))
    return float(a @ b) / lengths if lengths else 0.


def nearest(query: np.ndarray, bank: np.ndarray, count: int) -> list[tuple[float, int]]:
    """(cosine, row), the greatest first, of equal ones the earlier row."""
    pairs = [(cosine(query, row), number) for number, row in enumerate(bank)]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:count]


def named(query: np.ndarray, bank: np.ndarray, labels: Sequence[int], count: int,
          temperature: float) -> int:
    """The class of most votes exp(cosine / temperature)."""
    votes = {}
    for value, row in nearest(query, bank, count):
        votes[labels[row]] = votes.get(labels[row], 0) + math.exp(value / temperature)
    return max(sorted(votes), key=votes.get)


def retrieval(features: np.ndarray, labels: Sequence[int], query: int) -> float | None:
    """Mean, over the others of the query's class, of the precision down to each of them.

    What is as near as one of them counts as before it.
    """
    others = [row for row in range(len(features)) if row != query]
    values = {row: cosine(features[query], features[row]) for row in others}
    same = [row for row in others if labels[row] == labels[query]]
    if not same:
        return None
    precisions = []
    for row in same:
        before = [other for other in others if values[other] >= values[row]]
        precisions.append(sum(labels[other] == labels[query] for other in before) / len(before))
    return sum(precisions) / len(precisions)
