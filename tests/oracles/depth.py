"""The reverse Huber loss and the up-projection of Laina et al. (2016), pixel by pixel."""
from __future__ import annotations

import numpy as np


def reverse_huber(depths: np.ndarray, truth: np.ndarray, valid: np.ndarray) -> float:
    """Their eq. 2 with c a fifth of the batch's largest error."""
    errors = [abs(float(d) - float(t))
              for d, t, v in zip(depths.flat, truth.flat, valid.flat, strict=True) if v]
    if not errors:
        return 0.0
    c = max(errors) / 5
    return sum(e if e <= c else (e * e + c * c) / (2 * c) for e in errors) / len(errors)


def unpool_and_convolve(maps: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Zeros between the positions of maps (c, h, w), then a correlation with (d, c, 5, 5)."""
    channels, height, width = maps.shape
    sparse = np.zeros((channels, 2 * height + 4, 2 * width + 4))  # and a border of 2
    sparse[:, 2:-2:2, 2:-2:2] = maps
    made = np.zeros((len(weight), 2 * height, 2 * width))
    for y, x in np.ndindex(2 * height, 2 * width):
        made[:, y, x] = (weight * sparse[None, :, y:y + 5, x:x + 5]).sum((1, 2, 3))
    return made
