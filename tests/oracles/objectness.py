"""Objectness of patches and the prominent object pool, patch by patch (paper III-A, eq. 2)."""
from __future__ import annotations

from math import fsum

import numpy as np
from skimage.measure import shannon_entropy


def patches(view: np.ndarray, grid: int, span: int) -> list[np.ndarray]:
    """All squares of span x span cells of one view (h, w), raster order: x runs fastest."""
    cell_h, cell_w = view.shape[0] // grid, view.shape[1] // grid
    return [
        view[y * cell_h:(y + span) * cell_h, x * cell_w:(x + span) * cell_w]
        for y in range(grid + 1 - span)
        for x in range(grid + 1 - span)
    ]


def contrast_of_levels(view: np.ndarray) -> list[float]:
    """D(a) = sum_n f(n) |a - n|: how far grey level a is from the view's pixels on average."""
    counts = np.bincount(view.ravel(), minlength=256).tolist()
    return [
        sum(count * abs(level - n) for n, count in enumerate(counts)) / view.size
        for level in range(256)
    ]


def patch_scores(view: np.ndarray, grid: int, span: int, gamma: float) -> np.ndarray:
    """Entropy of the patch in bits + gamma * mean contrast of its pixels against the view.

    `fsum` rounds once, whatever the order of the pixels: equal patches get equal scores.
    """
    contrast = contrast_of_levels(view)
    return np.array([
        shannon_entropy(patch, base=2)
        + gamma * fsum(contrast[value] for value in patch.flat) / patch.size
        for patch in patches(view, grid, span)
    ])


def prominent_pool(scores: np.ndarray, k: int) -> list[int]:
    """The paper's raster scan: fill k places, then a higher score replaces the pool's minimum.

    The paper does not say which of several equal minima goes; the newest does here, so that
    the earlier patch stays, and a patch that only equals the minimum never enters.
    """
    pool: list[int] = []
    for patch, score in enumerate(scores):
        if len(pool) < k:
            pool.append(patch)
            continue
        weakest = min(pool, key=lambda member: (scores[member], -member))
        if score > scores[weakest]:
            pool[pool.index(weakest)] = patch
    return pool


def best_first(scores: np.ndarray, pool: list[int]) -> list[int]:
    return sorted(pool, key=lambda patch: (-scores[patch], patch))
