"""Small folders of images."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from skimage import data


def photo(height: int = 60, width: int = 80, left: int = 0) -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[40:40 + height, left:left + width, ::-1])


def write_folder(folder: Path, count: int) -> Path:
    """Photos 00.png, 01.png ... and, in a folder, one more."""
    (folder / 'below').mkdir(parents=True)
    for i in range(count):
        cv2.imwrite(str(folder / f'{i:02d}.png'), photo(left=5 * i))
    cv2.imwrite(str(folder / 'below/z.png'), photo(90, 50))
    return folder
