"""Views to test on: real photographs, noise, and pictures made so that patches tie."""
from __future__ import annotations

import cv2
import numpy as np
from skimage import data

PHOTOS = ('astronaut', 'chelsea', 'coffee', 'rocket')


def photo(name: str, side: int, scale: tuple[float, float] = (0.0, 1.0)) -> np.ndarray:
    """A photograph of scikit-image's wheel as an RGB uint8 view (side, side, 3).

    `scale` names the rows kept, as fractions of the height, so that two views of one photo differ.
    """
    image = getattr(data, name)()[..., :3]
    top, bottom = (round(edge * image.shape[0]) for edge in scale)
    return cv2.resize(image[top:bottom], (side, side), interpolation=cv2.INTER_AREA)


def gray_photo(name: str, side: int, scale: tuple[float, float] = (0.0, 1.0)) -> np.ndarray:
    return cv2.cvtColor(photo(name, side, scale), cv2.COLOR_RGB2GRAY)


def noise(side: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)


def flat(side: int, value: int = 90) -> np.ndarray:
    """Every patch ties."""
    return np.full((side, side), value, np.uint8)


def tiled(side: int, cell: int, seed: int) -> np.ndarray:
    """One random cell repeated: all patches of one span hold the same grey values and tie."""
    return np.tile(noise(cell, seed), (side // cell, side // cell))


def flat_surround(side: int, cell: int, x: int, y: int, seed: int) -> np.ndarray:
    """A single textured cell at column x, row y on a flat ground; all other cells tie."""
    view = flat(side)
    view[y * cell:(y + 1) * cell, x * cell:(x + 1) * cell] = noise(cell, seed)
    return view


def negative_pair(side: int, cell: int) -> np.ndarray:
    """Checkerboard of cells 0 and 255: different grey values whose scores are equal by symmetry.

    `side / cell` must be even, so that both values fill half of the view.
    """
    rows, columns = np.indices((side, side)) // cell
    return np.where((rows + columns) % 2, 255, 0).astype(np.uint8)
