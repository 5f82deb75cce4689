"""Gray levels of a view, the only thing OADP's patch selection looks at."""
from __future__ import annotations

import torch
from jaxtyping import Shaped, UInt8
from torch import Tensor

#: ITU-R 601 weights of red, green and blue in 2**15-ths; they sum to exactly one.
_WEIGHTS = (9798, 19235, 3735)


def luma(rgb: Shaped[Tensor, 'b 3 h w']) -> UInt8[Tensor, 'b h w']:
    """ITU-R 601 luma of RGB images, equal to `cv2.COLOR_RGB2GRAY` to within one level.

    Args:
        rgb: uint8 images in **RGB** order (BGR would swap the weights of red and blue).

    Returns:
        Gray levels 0..255, rounded to the nearest integer.

    Raises:
        TypeError: `rgb` is not uint8.
        ValueError: `rgb` is not (b, 3, h, w).
    """
    if rgb.dtype != torch.uint8:
        raise TypeError(f'luma expects uint8 images, got {rgb.dtype}; '
                        'take the gray levels before the view is normalised')
    if rgb.ndim != 4 or rgb.shape[1] != 3:
        raise ValueError('luma expects RGB images (b, 3, h, w), '
                         f'got shape {tuple(rgb.shape)}')
    red, green, blue = rgb.int().unbind(1)
    weighted = _WEIGHTS[0] * red + _WEIGHTS[1] * green + _WEIGHTS[2] * blue
    return ((weighted + (1 << 14)) >> 15).to(torch.uint8)
