"""Contrastive losses query by query, and a queue key by key (RegionCL eq. 1-2; MoCo, MoCo v3)."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Rows = Sequence[np.ndarray] | np.ndarray


def unit(row: np.ndarray) -> np.ndarray:
    return row / np.linalg.norm(row)


def surprise(query: np.ndarray, positive: np.ndarray, negatives: Rows, t: float) -> float:
    """-log of the positive's share in the sum of exp(cosine / t): eq. 1 of one query."""
    likeness = [np.exp(unit(query) @ unit(other) / t) for other in (positive, *negatives)]
    return float(-np.log(likeness[0] / sum(likeness)))


def others(keys: Rows, positive: int) -> list[np.ndarray]:
    """MoCo v3's negatives: the keys of all images but the positive's."""
    return [key for image, key in enumerate(keys) if image != positive]


def enqueued(rows: np.ndarray, pointer: int, keys: Rows) -> tuple[np.ndarray, int]:
    """Queue and pointer after the keys took the oldest places one by one."""
    rows = rows.copy()
    for key in keys:
        rows[pointer] = unit(key)
        pointer = 0 if pointer + 1 == len(rows) else pointer + 1
    return rows, pointer


def best_match(here: np.ndarray, there: np.ndarray) -> list[int]:
    """For each feature row here the number of the most similar one there, by cosine (DenseCL)."""
    return [int(np.argmax([unit(x) @ unit(y) for y in there])) for x in here]
