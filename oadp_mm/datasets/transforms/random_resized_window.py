"""The host's random resized crop, antialiased, which says where it cut."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mmpretrain.datasets

from oadp_mm.ops.windows import Interpolation, Window, check_interpolation
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomResizedWindow(mmpretrain.datasets.RandomResizedCrop):
    """mmpretrain's, with the pixels that its `backend='pillow'` makes, to within a level.

    Changes `img` and `img_shape`, (h, w); adds `window`.

    Args:
        scale: pixels of a side of the view, or its (height, width).
        interpolation: see `Window.cut`.
        **ranges: of the host's rectangles: `crop_ratio_range`, `aspect_ratio_range` and
            `max_attempts`.

    Raises:
        ValueError: another interpolation, or a range out of order.
    """

    def __init__(self, scale: int | Sequence[int], interpolation: Interpolation = 'bilinear',
                 **ranges: Any) -> None:
        check_interpolation(interpolation)
        super().__init__(scale, interpolation=interpolation, **ranges)

    def transform(self, results: dict) -> dict:
        top, left, height, width = self.rand_crop_params(results['img'])
        window = Window(top, left, height, width, (self.scale[0], self.scale[1]))
        view = window.cut(results['img'], self.interpolation)
        return {**results, 'img': view, 'img_shape': view.shape[:2], 'window': window}
