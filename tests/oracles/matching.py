"""Mutual information of patches and the matching of small to large ones (paper III-A, eq. 3-4)."""
from __future__ import annotations

import cv2
import numpy as np
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from tests.oracles.objectness import patches


def enlarge(patch: np.ndarray, side: int) -> np.ndarray:
    """Bilinear up-sampling between pixel centres, back to integers by rounding half to even."""
    floats = cv2.resize(patch.astype(np.float64), (side, side), interpolation=cv2.INTER_LINEAR)
    return np.rint(floats).astype(np.uint8)


def quantise(gray: np.ndarray, bins: int) -> np.ndarray:
    return gray.astype(np.int64) * bins // 256


def mutual_information(x: np.ndarray, y: np.ndarray, bins: int = 256) -> float:
    """Bits that two patches, compared pixel by pixel, tell about each other."""
    table = contingency_matrix(
        quantise(x, bins).ravel(), quantise(y, bins).ravel(), sparse=True, dtype=np.int64)
    nats = mutual_info_score(None, None, contingency=table)
    return nats / np.log(2)


def information_table(
    small_view: np.ndarray, large_view: np.ndarray, small_pool: list[int], large_pool: list[int],
    grid: int, small_span: int, large_span: int, bins: int = 256,
) -> np.ndarray:
    """Mutual information of every small patch (rows, enlarged) with every large one (columns)."""
    side = large_span * (large_view.shape[0] // grid)
    small = patches(small_view, grid, small_span)
    large = patches(large_view, grid, large_span)
    return np.array([
        [mutual_information(enlarge(small[i], side), large[j], bins) for j in large_pool]
        for i in small_pool
    ])


def first_best(table: np.ndarray, tolerance: float = 1e-9) -> list[int]:
    """Column of each row's maximum; of columns equal up to rounding the first."""
    return [int(np.flatnonzero(row >= row.max() - tolerance)[0]) for row in table]
