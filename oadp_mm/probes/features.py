"""Features of a frozen backbone.

Protocol: the shorter side of an image becomes 256/224 of the size, as in mmpretrain's ImageNet
tests, and the centre is cut out; the backbone is in evaluation mode; its last map is averaged.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor, nn

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.datasets.image_files import read_image
from oadp_mm.probes.backbones import normalised

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


@torch.no_grad()
def pooled_features(backbone: nn.Module, preprocessor: BaseDataPreprocessor,
                    paths: Sequence[Path], size: int,
                    listen: Callable[[int], None] = lambda done: None) -> np.ndarray:
    """The mean over the last map a backbone returns, float32 (images, channels).

    Args:
        backbone: returns a sequence of maps (b, c, h, w); left in evaluation mode.
        preprocessor: the training's, on the backbone's device.
        paths: image files.
        size: side of the square that is cut out of an image, in pixels.
        listen: called with the number of images done, now and then.

    Raises:
        UnreadableImage: an image cannot be read.
        ValueError: the backbone returns no maps last.
    """
    backbone.eval()
    rows = []
    for start in range(0, len(paths), BATCH):
        images = torch.stack([centre(path, size) for path in paths[start:start + BATCH]])
        last = backbone(normalised(preprocessor, images))[-1]
        if last.ndim != 4:
            raise ValueError('the probes average a map (b, c, h, w), but the backbone returned '
                             f'{tuple(last.shape)}: have it return maps')
        rows.append(last.mean((2, 3)).float().cpu().numpy())
        listen(min(start + BATCH, len(paths)))
    return np.concatenate(rows)
