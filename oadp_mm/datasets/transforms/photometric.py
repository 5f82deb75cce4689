"""Random colour changes and blur of the views, on OpenCV's BGR images."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import mmpretrain.datasets
import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.ops import enhance
from oadp_mm.ops.blur import pillow_blur
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ColorJitter(BaseTransform):
    """Change brightness, contrast, saturation and hue in random order.

    Each factor is drawn uniformly, as torchvision's ColorJitter draws it: from
    [max(0, 1 - strength), 1 + strength], the hue's turn from [-strength, strength] of a circle.
    Changes `img`, uint8 (h, w, 3) in BGR.

    Args:
        brightness: strength, at least 0.
        contrast: likewise.
        saturation: likewise.
        hue: strength in 0..0.5.

    Raises:
        ValueError: a strength out of its range.
    """

    def __init__(self, brightness: float = 0, contrast: float = 0, saturation: float = 0,
                 hue: float = 0) -> None:
        strengths = (brightness, contrast, saturation, hue)
        if not all(0 <= strength < math.inf for strength in strengths) or hue > 0.5:
            raise ValueError('strengths must be at least 0 and that of the hue at most 0.5, got '
                             f'brightness={brightness}, contrast={contrast}, '
                             f'saturation={saturation}, hue={hue}')
        scales = ((enhance.brightness, brightness), (enhance.contrast, contrast),
                  (enhance.saturation, saturation))
        self.changes: list[tuple[Callable, float, float]] = [
            (change, max(0, 1 - strength), 1 + strength) for change, strength in scales if strength]
        if hue:
            self.changes.append((enhance.hue, -hue, hue))

    def transform(self, results: dict) -> dict:
        for index in np.random.permutation(len(self.changes)):  # noqa: NPY002 - mmengine seeds it
            change, low, high = self.changes[index]
            results['img'] = change(results['img'], np.random.uniform(low, high))  # noqa: NPY002
        return results

    def __repr__(self) -> str:
        changes = ', '.join(f'{change.__name__}=({low}, {high})'
                            for change, low, high in self.changes)
        return f'{type(self).__name__}({changes})'


@TRANSFORMS.register_module()
class Grayscale(BaseTransform):
    """Replace the colours of `img`, uint8 (h, w, 3) in BGR, by their luma."""

    def transform(self, results: dict) -> dict:
        results['img'] = enhance.gray(results['img'])
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'


@TRANSFORMS.register_module()
class GaussianBlur(BaseTransform):
    """Blur `img`, uint8 (h, w, 3), with a kernel of fixed size, as torchvision's does.

    Args:
        kernel_size: pixels, odd.
        sigma: (least, greatest) standard deviation in pixels, drawn uniformly.

    Raises:
        ValueError: an argument out of range.
    """

    def __init__(self, kernel_size: int, sigma: Sequence[float] = (0.1, 2.0)) -> None:
        if type(kernel_size) is not int or kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f'kernel_size must be an odd number of pixels, got {kernel_size}')
        if not isinstance(sigma, Sequence) or len(sigma) != 2 or not 0 < sigma[0] <= sigma[1]:
            raise ValueError(f'sigma must be (least, greatest) above 0, got {sigma}')
        self.kernel_size, self.sigma = kernel_size, (sigma[0], sigma[1])

    def transform(self, results: dict) -> dict:
        size = (self.kernel_size, self.kernel_size)
        results['img'] = cv2.GaussianBlur(
            results['img'], size, np.random.uniform(*self.sigma))  # noqa: NPY002
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})'


@TRANSFORMS.register_module()
class PillowBlur(mmpretrain.datasets.GaussianBlur):
    """mmpretrain's, with its arguments and draws, in a tenth of the time: see `pillow_blur`."""

    def transform(self, results: dict) -> dict:
        if not self.random_disable():
            sigma = self.random_magnitude() if self.radius is None else self.radius
            results['img'] = pillow_blur(results['img'], sigma)
        return results
