"""Patch and view features by plain loops over a feature map (paper III-B, eq. 5, 6, 8, 9)."""
from __future__ import annotations

import numpy as np


def window(feature: np.ndarray, patch: int, grid: int, span: int) -> np.ndarray:
    """The part of one map (c, h, w) under a patch given by its raster index."""
    y, x = divmod(patch, grid + 1 - span)
    cell = feature.shape[-1] // grid
    return feature[:, y * cell:(y + span) * cell, x * cell:(x + span) * cell]


def patch_mean(feature: np.ndarray, patch: int, grid: int, span: int) -> np.ndarray:
    return np.array([channel.mean() for channel in window(feature, patch, grid, span)])


def patch_max(feature: np.ndarray, patch: int, grid: int, span: int) -> np.ndarray:
    return np.array([channel.max() for channel in window(feature, patch, grid, span)])


def view_mean(feature: np.ndarray) -> np.ndarray:
    return np.array([channel.mean() for channel in feature])


def view_max(feature: np.ndarray) -> np.ndarray:
    return np.array([channel.max() for channel in feature])


def integrated(
    fine: list[np.ndarray], coarse: np.ndarray, patch: int, grid: int, span: int
) -> np.ndarray:
    """M = cat(I_gf, I_gc, I_pf, I_pc) of one patch; each fine layer adds to I_gf and to I_pf."""
    return np.concatenate([
        *(view_max(layer) for layer in fine),
        view_mean(coarse),
        *(patch_max(layer, patch, grid, span) for layer in fine),
        patch_mean(coarse, patch, grid, span),
    ])
