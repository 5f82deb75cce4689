"""Features of a frozen backbone.

Protocol: the shorter side of an image becomes 256/224 of the size, as in mmpretrain's ImageNet
tests, and the centre is cut out; the backbone is in evaluation mode; its last map is averaged.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from oadp_mm.datasets.image_files import read_image
from oadp_mm.models.data_preprocessors import MEAN, STD

BATCH = 64


@dataclass(frozen=True)
class Preprocess:
    """From an image file to what a backbone reads.

    Args:
        size: side of the square that is cut out, in pixels.
        mean: of the channels, in 0..255.
        std: likewise.
        rgb: whether the channels are in this order, instead of OpenCV's.
    """

    size: int
    mean: Sequence[float]
    std: Sequence[float]
    rgb: bool

    @classmethod
    def like_training(cls, preprocessor: Mapping, size: int) -> Preprocess:
        """The normalisation of a pretraining, from the config of its data preprocessor."""
        if preprocessor['type'] == 'oadp_mm.ViewsDataPreprocessor':
            preprocessor = {'mean': MEAN, 'std': STD, 'to_rgb': True, **preprocessor}
        rgb = preprocessor.get('bgr_to_rgb', preprocessor.get('to_rgb', False))
        return cls(size, preprocessor['mean'], preprocessor['std'], bool(rgb))

    def __call__(self, path: Path) -> Tensor:
        """The normalised centre of an image, float (3, size, size).

        Raises:
            UnreadableImage: the file is missing or holds no whole image.
        """
        short = round(self.size * 256 / 224)
        pixels = read_image(path, min_side=short)
        scale = short / min(pixels.shape[:2])
        height, width = (max(short, round(side * scale)) for side in pixels.shape[:2])
        kernel = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        pixels = cv2.resize(pixels, (width, height), interpolation=kernel)
        top, left = (height - self.size) // 2, (width - self.size) // 2
        pixels = pixels[top:top + self.size, left:left + self.size]
        if self.rgb:
            pixels = pixels[..., ::-1]
        mean, std = (np.asarray(values, np.float32) for values in (self.mean, self.std))
        normal = (pixels.astype(np.float32) - mean) / std
        return torch.from_numpy(normal.transpose(2, 0, 1).copy())


@torch.no_grad()
def pooled_features(backbone: nn.Module, paths: Sequence[Path], preprocess: Preprocess,
                    listen: Callable[[int], None] = lambda done: None) -> np.ndarray:
    """The mean over the last map a backbone returns, float32 (images, channels).

    Args:
        backbone: returns a sequence of maps (b, c, h, w); left in evaluation mode.
        paths: image files.
        preprocess: what makes a backbone's input of one.
        listen: called with the number of images done, now and then.

    Raises:
        UnreadableImage: an image cannot be read.
        ValueError: the backbone returns no maps last.
    """
    backbone.eval()
    device = next((tensor.device for tensor in backbone.parameters()), torch.device('cpu'))
    rows = []
    for start in range(0, len(paths), BATCH):
        images = torch.stack([preprocess(path) for path in paths[start:start + BATCH]])
        last = backbone(images.to(device))[-1]
        if last.ndim != 4:
            raise ValueError('the probes average a map (b, c, h, w), but the backbone returned '
                             f'{tuple(last.shape)}: have it return maps')
        rows.append(last.mean((2, 3)).float().cpu().numpy())
        listen(min(start + BATCH, len(paths)))
    return np.concatenate(rows)
