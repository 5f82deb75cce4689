"""Dynamic Random Resized Crop (OADP eq. 1): a random resized crop whose area range ages."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, cast

import cv2
import numpy as np
import torch
from mmcv.transforms import BaseTransform

from ...ops.schedules import Shift, dynamic_scale
from ...registry import TRANSFORMS

_INTERPOLATION = {
    'bilinear': cv2.INTER_LINEAR,
    'bicubic': cv2.INTER_CUBIC,
    'area': cv2.INTER_AREA,
}
_TRIES = 10


@TRANSFORMS.register_module()
class DynamicRandomResizedCrop(BaseTransform):
    """Cut a random rectangle out of an image of any size and resize it.

    Area and aspect ratio are drawn as torchvision's RandomResizedCrop draws them; the range of the
    area follows :func:`oadp_mm.ops.schedules.dynamic_scale`. The epoch lies in shared memory, so
    that ``oadp_mm.CropScheduleHook`` in the training process reaches the transforms that already
    run in persistent data workers, whether these were forked or spawned.

    Changes ``img`` (uint8, (h, w, c)), ``img_shape``; adds ``crop_scale``, the range in force.

    Args:
        size: pixels of the result, one side of a square or (height, width).
        scale: (low, high) area fractions in the first epochs.
        shift: which bounds the schedule moves, 'upper' or 'both'; None keeps the range for ever.
        start: last epoch of the fixed range.
        decay: tau of the schedule.
        ratio: (least, greatest) width over height, drawn uniformly in its logarithm.
        interpolation: 'bilinear', 'bicubic' or 'area'.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.1, 0.6),
        shift: Shift | None = None,
        start: int = 400,
        decay: float = 0.04,
        ratio: Sequence[float] = (3 / 4, 4 / 3),
        interpolation: Literal['bilinear', 'bicubic', 'area'] = 'bilinear',
    ) -> None:
        sides = (size, size) if isinstance(size, int) else tuple(size)
        if len(sides) != 2 or not all(isinstance(side, int) and side > 0 for side in sides):
            raise ValueError(f'size must be a positive number of pixels or two, got {size}')
        if len(ratio) != 2 or not 0 < ratio[0] <= ratio[1] < math.inf:
            raise ValueError(f'ratio must be (least, greatest) with 0 < least <= greatest, '
                             f'got {ratio}')
        if interpolation not in _INTERPOLATION:
            raise ValueError(f'interpolation must be one of {sorted(_INTERPOLATION)}, '
                             f'got {interpolation!r}')
        self.size = sides
        self.ratio = tuple(ratio)
        self.interpolation = interpolation
        self.scale = cast('tuple[float, float]', tuple(scale))  # dynamic_scale checks it, below
        self.schedule: dict[str, Any] = {'start': start, 'decay': decay, 'shift': shift}
        self._epoch = torch.ones(1, dtype=torch.int64).share_memory_()
        dynamic_scale(1, scale=self.scale, **{**self.schedule, 'shift': shift or 'both'})

    def __setstate__(self, state: dict) -> None:
        # A deep copy (mmengine's runner makes one of its config) would leave the shared memory.
        self.__dict__.update(state)
        self._epoch.share_memory_()

    def set_epoch(self, epoch: int) -> None:
        """Tell all processes that hold this transform the epoch, counted from 1."""
        if epoch < 1:
            raise ValueError(f'epochs are counted from 1, got {epoch}')
        self._epoch.fill_(epoch)

    @property
    def follows_epochs(self) -> bool:
        """Whether the range ever changes."""
        return self.schedule['shift'] is not None

    @property
    def current_scale(self) -> tuple[float, float]:
        """The range (low, high) of area fractions in the current epoch."""
        if not self.follows_epochs:
            return self.scale
        return dynamic_scale(int(self._epoch), scale=self.scale, **self.schedule)

    def transform(self, results: dict) -> dict:
        scale = self.current_scale
        image = results['img']
        top, left, height, width = self._draw(image.shape[0], image.shape[1], *scale)
        results['img'] = cv2.resize(
            image[top:top + height, left:left + width], self.size[::-1],
            interpolation=_INTERPOLATION[self.interpolation])
        results['img_shape'] = self.size
        results['crop_scale'] = scale
        return results

    def _draw(self, height: int, width: int, low: float, high: float) -> tuple[int, int, int, int]:
        """A rectangle (top, left, height, width) inside an image of (height, width)."""
        least, greatest = np.log(self.ratio)
        # The global generator is the one that mmengine seeds in each data worker.
        for area, aspect, y, x in np.random.random((_TRIES, 4)):  # noqa: NPY002
            pixels = height * width * (low + (high - low) * area)
            root_aspect = math.exp((least + (greatest - least) * aspect) / 2)
            crop_height = round(math.sqrt(pixels) / root_aspect)
            crop_width = round(math.sqrt(pixels) * root_aspect)
            if 0 < crop_height <= height and 0 < crop_width <= width:
                top, left = int(y * (height - crop_height + 1)), int(x * (width - crop_width + 1))
                return top, left, crop_height, crop_width
        # Too long, or too small for the range: the greatest centred rectangle of a legal ratio.
        crop_height = min(height, max(1, round(width / self.ratio[0])))
        crop_width = min(width, max(1, round(height * self.ratio[1])))
        return (height - crop_height) // 2, (width - crop_width) // 2, crop_height, crop_width

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(size={self.size}, scale={self.scale}, '
                f'{self.schedule}, ratio={self.ratio}, interpolation={self.interpolation!r})')
