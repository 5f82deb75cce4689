"""Pillow's Gaussian blur, by OpenCV."""
from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

Image = UInt8[np.ndarray, 'h w c']


def pillow_kernel(sigma: float) -> Float64[np.ndarray, ' n']:
    """The weights of neighbours in a row: Pillow's boxes, three times over.

    A box of 2 l + 1 pixels and a part of one more at each end has a third of the variance
    `sigma**2`, l being as large as it can (Gwosdek et al., Theoretical Foundations of Gaussian
    Convolution by Extended Box Filtering, 2011, eq. 17-19).

    Args:
        sigma: standard deviation in pixels, at least 0; Pillow calls it radius.
    """
    variance = sigma ** 2 / 3
    whole = math.floor((math.sqrt(12 * variance + 1) - 1) / 2)
    part = ((2 * whole + 1) * (whole * (whole + 1) - 3 * variance)
            / (6 * (variance - (whole + 1) ** 2)))
    box = np.array([part, *[1] * (2 * whole + 1), part]) / (2 * whole + 1 + 2 * part)
    kernel = np.convolve(np.convolve(box, box), box)
    return (kernel + kernel[::-1]) / 2  # OpenCV is slower where roundings make the halves differ


def pillow_blur(image: Image, sigma: float) -> Image:
    """What `PIL.ImageFilter.GaussianBlur(sigma)` makes, but rounded once instead of six times.

    It differs by 3 levels at most, and near the border, where each box repeats the last pixel
    anew, by more.
    """
    kernel = pillow_kernel(sigma)
    return cast('Image', cv2.sepFilter2D(image, -1, kernel, kernel,
                                         borderType=cv2.BORDER_REPLICATE))
