"""Pairs of overlapping views of the photos that scikit-image ships, for benchmarks."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from oadp_mm.datasets.digits.sources import SPLITS, load_sources
from oadp_mm.datasets.transforms.dynamic_crop import DynamicRandomResizedCrop


def gray_pairs(pairs: int, side: int = 224, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Gray views (pairs, side, side) uint8 of the paper's two crops, without colour changes."""
    np.random.seed(seed)  # noqa: NPY002 - what transforms draw from
    photos = [photo for split in SPLITS for photo in load_sources(split).photos]
    crops = [DynamicRandomResizedCrop(side, scale=scale, shift=None)
             for scale in ((0.1, 0.6), (0.3, 1.0))]
    views = [[crop(dict(img=photos[i % len(photos)]))['img'] for i in range(pairs)]
             for crop in crops]
    small, large = (np.stack([cv2.cvtColor(view, cv2.COLOR_BGR2GRAY) for view in group])
                    for group in views)
    return torch.from_numpy(small), torch.from_numpy(large)
