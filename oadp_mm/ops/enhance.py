"""Colour changes of 8-bit BGR images: what Pillow's do, by OpenCV's kernels and look-up tables.

Pillow is the reference because torchvision's augmentations of PIL images, which the papers' lists
name, end there. A change of single levels is exact; the others differ from it by rounding.
"""
from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from jaxtyping import Int, UInt8

Image = UInt8[np.ndarray, 'h w 3']
_LEVELS = np.arange(256)


def gray(image: Image) -> Image:
    """ITU-R 601 luma in all three channels."""
    return cast('Image', cv2.cvtColor(_luma(image), cv2.COLOR_GRAY2BGR))


def brightness(image: Image, factor: float) -> Image:
    """Levels times `factor` >= 0."""
    return _look_up(image, np.float32(factor) * _LEVELS.astype(np.float32))


def contrast(image: Image, factor: float) -> Image:
    """Distances from the image's mean luma times `factor` >= 0."""
    mean = int(_luma(image).mean() + 0.5)
    return _look_up(image, mean + np.float32(factor) * (_LEVELS - mean).astype(np.float32))


def saturation(image: Image, factor: float) -> Image:
    """Distances from each pixel's luma times `factor` >= 0."""
    return _blend(gray(image), image, factor)


def sharpness(image: Image, factor: float) -> Image:
    """Distances from a smoothed image times `factor` >= 0; the border is not smoothed."""
    smooth = image.copy()
    kernel = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13
    smooth[1:-1, 1:-1] = cv2.filter2D(image, -1, kernel)[1:-1, 1:-1]
    return _blend(smooth, image, factor)


def hue(image: Image, turn: float) -> Image:
    """Hue turned by a share of the full circle, -0.5..0.5."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV_FULL)
    # Pillow counts hues in whole 1/255 circles and drops the rest, OpenCV rounds to 1/256 and reads
    # 1/255: its colours are one unit ahead on average.
    hsv[..., 0] += np.uint8((int(turn * 255) - 1) % 256)
    return cast('Image', cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR_FULL))


def posterize(image: Image, bits: int) -> Image:
    """The `bits` high bits of each level, 0..8."""
    return _look_up(image, _LEVELS & (0xff00 >> bits))


def solarize(image: Image, threshold: float) -> Image:
    """Levels from `threshold` on inverted."""
    return _look_up(image, np.where(threshold > _LEVELS, _LEVELS, 255 - _LEVELS))


def autocontrast(image: Image) -> Image:
    """Each channel stretched to 0..255; one that is flat stays."""
    # One axis after the other: over both at once NumPy takes fifty times as long.
    low, high = (end(end(image, 0), 0).astype(int) for end in (np.min, np.max))
    scale = 255 / np.where(high > low, high - low, 255)
    # Factored out, the scale would round otherwise than Pillow's and lose some exact levels.
    return _look_up(image, _LEVELS[:, None] * scale - np.where(high > low, low, 0) * scale)


def equalize(image: Image) -> Image:
    """Each channel with a histogram as even as a look-up table makes it (Pillow's rule)."""
    counts = _histograms(image)
    # The pixels of the highest level have no level above to be spread to.
    last = counts[255 - (counts[::-1] > 0).argmax(0), range(3)]
    step = (counts.sum(0) - last) // 255
    even = (step // 2 + np.cumsum(counts, 0) - counts) // np.maximum(step, 1)
    return _look_up(image, np.where(step > 0, even, _LEVELS[:, None]))


def _histograms(image: Image) -> Int[np.ndarray, '256 3']:
    # OpenCV 4 gives columns, 5 rows.
    return np.stack([cv2.calcHist([image], [channel], None, [256], [0, 256]).ravel()
                     for channel in range(3)], 1).astype(int)


def _luma(image: Image) -> UInt8[np.ndarray, 'h w']:
    return cast('UInt8[np.ndarray, "h w"]', cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def _look_up(image: Image, levels: np.ndarray) -> Image:
    """`levels` (256,) or (256, 3), clipped and without their fractions, at each level."""
    table = levels.clip(0, 255).astype(np.uint8).reshape(256, 1, -1)
    return cast('Image', cv2.LUT(image, table))


def _blend(base: Image, image: Image, factor: float) -> Image:
    """`base + factor * (image - base)`; OpenCV rounds, but Pillow drops the fraction."""
    return cast('Image', cv2.addWeighted(image, factor, base, 1 - factor, -0.499))
