"""The losses in their closed form, row by row (paper eq. 7, 10-12)."""
from __future__ import annotations

import numpy as np


def cosine_distance(online: np.ndarray, target: np.ndarray) -> float:
    """Mean over rows of the squared distance of the unit vectors, the left side of eq. 7."""
    squares = [
        np.sum((q / np.linalg.norm(q) - z / np.linalg.norm(z)) ** 2)
        for q, z in zip(online, target, strict=True)
    ]
    return float(np.mean(squares))


def squared_error(online: np.ndarray, target: np.ndarray) -> float:
    """Mean over rows and dimensions of the squared difference, nothing normalised."""
    return float(np.mean([(q - z) ** 2 for q, z in zip(online, target, strict=True)]))
