"""The part of an image that shows a backbone what clean images are like.

The shorter side becomes 256/224 of the size, as in mmpretrain's ImageNet tests, and the centre is
cut out.
"""
from __future__ import annotations

from pathlib import Path

import cv2
import torch
from torch import Tensor

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.datasets.image_files import read_image

BATCH = 64


def centre(path: Path, size: int, sixteen_bit: SixteenBit = 'range') -> Tensor:
    """The centre of an image file, uint8 (3, size, size), BGR; 16 bits become 8 as the rule says.

    Raises:
        UnreadableImage: the file is missing or holds no whole image.
    """
    short = round(size * 256 / 224)
    pixels = read_image(path, min_side=short, sixteen_bit=sixteen_bit)
    scale = short / min(pixels.shape[:2])
    height, width = (max(short, round(side * scale)) for side in pixels.shape[:2])
    kernel = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels = cv2.resize(pixels, (width, height), interpolation=kernel)
    top, left = (height - size) // 2, (width - size) // 2
    pixels = pixels[top:top + size, left:left + size]
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())
