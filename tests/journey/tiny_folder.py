"""A folder of small images, and a pretraining of seconds on it."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

#: A step of it takes a fraction of a second.
TINY = ('--backbone', 'resnet18', '--width', '4', '--size', '64', '--batch', '4', '--workers', '0')


def write_images(folder: Path, count: int = 8, side: int = 72) -> Path:
    """Blots of random colours."""
    noise = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = noise.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        assert cv2.imwrite(str(folder / f'{number}.png'), cv2.resize(pixels, (side + 8, side)))
    return folder
