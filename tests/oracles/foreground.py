"""SCD's saliency, pooling and loss position by position (section 4.2, eq. 4-5)."""
from __future__ import annotations

import numpy as np

from tests.oracles.info_nce import unit

Pair = tuple[np.ndarray, np.ndarray]


def saliency(features: np.ndarray, weights: list[np.ndarray], eps: float = 1e-5) -> np.ndarray:
    """Maps (b, h, w) by 1x1 convolution, batch norm in training mode, ReLU, 1x1, sigmoid."""
    first, scale, shift, second, bias = weights
    images, _, height, width = features.shape
    positions = [(i, y, x) for i in range(images) for y in range(height) for x in range(width)]
    hidden = np.stack([first[:, :, 0, 0] @ features[i, :, y, x] for i, y, x in positions])
    centred = hidden - hidden.mean(axis=0)
    hidden = np.maximum(centred / np.sqrt((centred ** 2).mean(axis=0) + eps) * scale + shift, 0)
    out = np.empty((images, height, width))
    for (i, y, x), row in zip(positions, hidden, strict=True):
        out[i, y, x] = 1 / (1 + np.exp(-(second[0, :, 0, 0] @ row + bias[0])))
    return out


def pooled(feature: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """sum M F / sum M over the positions of one map (c, h, w)."""
    total = np.zeros(len(feature))
    for y, x in np.ndindex(weight.shape):
        total += weight[y, x] * feature[:, y, x]
    return total / weight.sum()


def discrimination(online: Pair, target: Pair, margin: float, foreground: bool = True,
                   background: bool = True) -> float:
    """Eq. 5 averaged over images; pairs are rows of foregrounds and of backgrounds."""
    total = 0.0
    for fg1, bg1, fg2, bg2 in zip(*online, *target, strict=True):
        if foreground:
            total += max(unit(fg1) @ unit(bg2) - unit(fg1) @ unit(fg2) + margin, 0) / 2
        if background:
            total += max(unit(bg1) @ unit(fg2) - unit(bg1) @ unit(bg2), 0) / 2
    return total / len(online[0])
