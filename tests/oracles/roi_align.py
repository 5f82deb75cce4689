"""RoIAlign's mean of one box by loops over its samples (He et al. 2017)."""
from __future__ import annotations

import math

import numpy as np


def bilinear(feature: np.ndarray, y: float, x: float) -> np.ndarray:
    """A map (c, h, w) between the centres of its positions; beyond the outer ones it is flat."""
    value = np.zeros(len(feature))
    y, x = (min(max(place - .5, 0), side - 1)
            for place, side in zip((y, x), feature.shape[1:], strict=True))
    for row in {math.floor(y), math.ceil(y)}:
        for column in {math.floor(x), math.ceil(x)}:
            value += feature[:, row, column] * (1 - abs(y - row)) * (1 - abs(x - column))
    return value


def mean_in_box(feature: np.ndarray, box: tuple, size: tuple[int, int]) -> np.ndarray:
    rows, columns = feature.shape[1:]
    x1, x2 = (x * columns / size[1] for x in box[::2])
    y1, y2 = (y * rows / size[0] for y in box[1::2])
    down, across = math.ceil(y2 - y1), math.ceil(x2 - x1)
    samples = [bilinear(feature, y1 + (j + .5) * (y2 - y1) / down,
                        x1 + (i + .5) * (x2 - x1) / across)
               for j in range(down) for i in range(across)]
    return np.mean(samples, axis=0)
