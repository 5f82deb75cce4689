"""Affine maps of 8-bit images to the nearest pixel; what comes from outside is black.

Coordinates are (x, y) in pixels from the outer corner of the first, so that a pixel's centre lies
at its number plus a half.
"""
from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np
from jaxtyping import UInt8

Image = UInt8[np.ndarray, 'h w *c']


def shear(image: Image, x: float = 0, y: float = 0) -> Image:
    """Rows shifted left by `x` per pixel down, columns up by `y` per pixel right."""
    return _sample(image, np.array([[1, x], [y, 1]]), np.zeros(2))


def translate(image: Image, x: int = 0, y: int = 0) -> Image:
    """The image moved right by `x` and down by `y` pixels."""
    height, width = image.shape[:2]
    x, y = max(-width, min(x, width)), max(-height, min(y, height))
    moved = np.zeros_like(image)
    moved[max(y, 0):height + min(y, 0), max(x, 0):width + min(x, 0)] = (
        image[max(-y, 0):height - max(y, 0), max(-x, 0):width - max(x, 0)])
    return moved


def rotate(image: Image, degrees: float) -> Image:
    """The image turned counter-clockwise about its centre."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turn = np.array([[cosine, -sine], [sine, cosine]])
    centre = np.array(image.shape[1::-1]) / 2
    return _sample(image, turn, centre - turn @ centre)


def _sample(image: Image, matrix: np.ndarray, offset: np.ndarray) -> Image:
    """Each pixel from where `matrix @ position + offset` lies."""
    # OpenCV counts from the centre of the first pixel.
    offset = offset + matrix @ (0.5, 0.5) - 0.5
    return cast('Image', cv2.warpAffine(
        image, np.column_stack([matrix, offset]), image.shape[1::-1],
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP))
