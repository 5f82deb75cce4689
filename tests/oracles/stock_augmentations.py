"""torchvision's augmentations of PIL images, on the BGR arrays that ours take.

With them pictures to compare on, and distances between the levels of two results.
"""
from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image
from torchvision import transforms as tv
from torchvision.transforms import InterpolationMode, autoaugment

from tests.oracles.images import PHOTOS, photo


def stock(change: Callable[..., Image.Image], image: np.ndarray, *args: object) -> np.ndarray:
    """What `change(picture, *args)` makes of a PIL picture, as signed integers in BGR."""
    picture = Image.fromarray(np.ascontiguousarray(image[..., ::-1]))
    return np.asarray(change(picture, *args))[..., ::-1].astype(int)


def strength(name: str, magnitude: int, image: np.ndarray) -> tuple[float, bool]:
    """What torchvision's RandAugment gives its operation, and whether that takes either sign."""
    levels, signed = tv.RandAugment()._augmentation_space(31, image.shape[:2])[name]
    return (float(levels[magnitude].item()) if levels.ndim else 0.0), signed


def operation(name: str, magnitude: int, sign: int, image: np.ndarray) -> np.ndarray:
    """An operation of RandAugment as torchvision does it to a PIL picture."""
    value, signed = strength(name, magnitude, image)
    return stock(autoaugment._apply_op, image, name, sign * value if signed else value,
                 InterpolationMode.NEAREST, None)


def augmentations(jitter: float = 0.3, gray: float = 0.2, num_ops: int = 5, magnitude: int = 10,
                  flip: float = 0.5, blur: float = 0.2) -> tv.Compose:
    """IV-A's list with its probabilities, as the configs had it by torchvision."""
    return tv.Compose([
        tv.RandomApply([tv.ColorJitter(0.8, 0.8, 0.8, 0.2)], jitter),
        tv.RandomGrayscale(gray),
        tv.RandAugment(num_ops, magnitude),
        tv.RandomHorizontalFlip(flip),
        tv.RandomApply([tv.GaussianBlur(3, (1.0, 2.0))], blur),
    ])


def _pictures() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)

    def noise(height: int, width: int) -> np.ndarray:
        return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)

    photos = {name: np.ascontiguousarray(photo(name, 96)[..., ::-1]) for name in PHOTOS}
    levels = np.tile(np.arange(256, dtype=np.uint8), 8).reshape(32, 64)
    pictures = {
        **photos,
        'wide': cv2.resize(photos['astronaut'], (64, 37), interpolation=cv2.INTER_AREA),
        'flipped view': photos['chelsea'][:, ::-1],
        'inner view': photos['coffee'][7:90, 5:60],
        'noise': noise(48, 48),
        'all levels': np.dstack([levels, levels[:, ::-1], levels // 3 + 80]),
        'gray': np.dstack([photos['rocket'][..., 1]] * 3),
        'one colour': np.full((40, 40, 3), (230, 60, 20), np.uint8),
        'black': np.zeros((9, 8, 3), np.uint8),
        'white': np.full((8, 9, 3), 255, np.uint8),
    }
    return pictures | {f'{height}x{width}': noise(height, width)
                       for height, width in ((1, 1), (1, 5), (2, 2), (3, 2), (5, 7))}


#: BGR: photographs, views of memory in another order, and pictures on which kernels may stumble.
PICTURES = _pictures()
#: Those of enough pixels and colours to have a distribution of levels.
TEXTURED = ('astronaut', 'chelsea', 'coffee', 'rocket', 'wide', 'flipped view', 'inner view',
            'noise', 'all levels', 'gray')


def distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far the levels of two pictures lie apart, in the channel where they do most.

    The differences of the means, of the standard deviations and of the sorted levels on average
    (Wasserstein's distance of the histograms), in levels; last the share of pixels that another bin
    of 32 counts.
    """
    a, b = (np.sort(image.reshape(-1, 3).astype(int), 0).T for image in (one, other))
    bins = [np.stack([np.bincount(channel // 8, minlength=32) for channel in levels])
            for levels in (a, b)]
    return np.stack([
        np.abs(a.mean(1) - b.mean(1)), np.abs(a.std(1) - b.std(1)), np.abs(a - b).mean(1),
        np.abs(bins[0] - bins[1]).sum(1) / (2 * a.shape[1])]).max(1)


def rounding(levels: float) -> np.ndarray:
    """The greatest `distances` of pictures that so many levels a pixel keep apart on average.

    Of pixels spread evenly over a bin of 8 levels, an eighth leaves it with each level.
    """
    return levels * np.array([1, 1, 1, 1 / 8])
