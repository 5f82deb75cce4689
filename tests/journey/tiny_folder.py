"""A folder of small images, and a pretraining of seconds on it."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from mmengine.logging import MessageHub, MMLogger
from mmpretrain.visualization import UniversalVisualizer

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


def forget_runs() -> None:
    """What mmengine keeps of a run under its name, which tells the second: two trainings of one
    process would share it, as two of a user never do."""
    for kind in (MessageHub, MMLogger, UniversalVisualizer):
        kind._instance_dict.clear()
