"""What digit scenes are made of: handwritten digits and photos that lie inside installed packages.

Digits: `sklearn.datasets.load_digits` (1,797 samples of 8x8, the test part of UCI optdigits).
Photos: files inside the scikit-image wheel, read by path, so nothing can start a download.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Int64, UInt8

SPLITS = ('train', 'test')
CLASSES = tuple('0123456789')

# Every writer filled in the same form, which shows in the labels as blocks of about 130 samples
# that open with 0..9 three times. 1415 is such an opening: no writer is in both splits.
FIRST_TEST_DIGIT = 1415

# By file, so that no pixel of a test photo is ever trained on; colour and grey, object, scene and
# texture in both. Left out: drawings, text, and the second motorcycle (the first from nearby).
PHOTOS = {
    'train': ('astronaut.png', 'brick.png', 'camera.png', 'coffee.png', 'gravel.png',
              'hubble_deep_field.jpg', 'ihc.png', 'moon.png', 'motorcycle_left.png', 'retina.jpg'),
    'test': ('cell.png', 'chelsea.png', 'coins.png', 'grass.png', 'rocket.jpg'),
}

UPSAMPLING = 8  # height-map pixels a digit pixel
PHOTO_SIDE = 512  # longer photos are reduced to this short side once: crops stay cheap


@dataclass(frozen=True)
class SceneSources:
    """Raw material of one split.

    Attributes:
        heights: each digit as a smooth height map (0 paper, 255 ink) with a
            border of one digit pixel of paper; a level set of it is the digit's outline.
        labels: 0..9.
        digit_indices: their rows of `load_digits()`.
        photos: BGR.
        photo_names: their file names.
    """

    heights: UInt8[np.ndarray, 'n 80 80']
    labels: Int64[np.ndarray, ' n']
    digit_indices: Int64[np.ndarray, ' n']
    photos: tuple[UInt8[np.ndarray, '_ _ 3'], ...]
    photo_names: tuple[str, ...]


@lru_cache(maxsize=len(SPLITS))
def load_sources(split: str) -> SceneSources:
    """Read the digits and photos of `split`; decoded once a process.

    Raises:
        ValueError: `split` is neither 'train' nor 'test'.
        FileNotFoundError: scikit-image or one of its photos is not there.
    """
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}, expected 'train' or 'test'.")
    from sklearn.datasets import load_digits  # slow to import, needed by scenes alone

    data = load_digits()
    indices = np.arange(len(data.target))
    indices = indices[(indices >= FIRST_TEST_DIGIT) == (split == 'test')]
    heights = np.stack([_height_map(data.images[i]) for i in indices])
    folder = _photo_folder()
    photos = tuple(_read_photo(folder / name) for name in PHOTOS[split])
    sources = SceneSources(heights, data.target[indices].astype(np.int64), indices, photos,
                           PHOTOS[split])
    for array in (heights, sources.labels, indices, *photos):
        array.setflags(write=False)  # shared by every dataset of this process
    return sources


def _height_map(digit: np.ndarray) -> np.ndarray:
    ink = cv2.copyMakeBorder(digit.astype(np.float32) / 16, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    ink = cv2.resize(ink, None, fx=UPSAMPLING, fy=UPSAMPLING, interpolation=cv2.INTER_CUBIC)
    ink = cv2.GaussianBlur(ink, (0, 0), 0.3 * UPSAMPLING)  # rounds off the 8x8 staircase
    return np.rint(255 * ink.clip(0, 1)).astype(np.uint8)


def _photo_folder() -> Path:
    spec = find_spec('skimage')  # the path only: importing it is slow and not needed
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError('scikit-image, whose photos are the background of digit scenes, is '
                                'not installed: run `pip install scikit-image`.')
    return Path(spec.submodule_search_locations[0]) / 'data'


def _read_photo(path: Path) -> np.ndarray:
    photo = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if photo is None:
        raise FileNotFoundError(f'the photo {path} of scikit-image is missing or unreadable: '
                                'reinstall scikit-image 0.22 or later.')
    factor = PHOTO_SIDE / min(photo.shape[:2])
    if factor < 1:
        photo = cv2.resize(photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return photo
