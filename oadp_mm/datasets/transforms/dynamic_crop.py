"""Dynamic Random Resized Crop (OADP eq. 1): a random resized crop whose area range ages."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from oadp_mm.ops.schedules import Shift, dynamic_scale
from oadp_mm.ops.windows import Interpolation, check_interpolation, draw_window
from oadp_mm.registry import TRANSFORMS

_TRIES = 10


@TRANSFORMS.register_module()
class DynamicRandomResizedCrop(BaseTransform):
    """Cut a random rectangle out of an image of any size and resize it.

    Area and aspect ratio are drawn as torchvision's RandomResizedCrop draws them; the range of the
    area follows `oadp_mm.ops.schedules.dynamic_scale`. The epoch lies in shared memory, so that
    `oadp_mm.CropScheduleHook` in the training process reaches the transforms that already run in
    persistent data workers, whether these were forked or spawned.

    Changes `img` (uint8, (h, w, c)), `img_shape`; adds `window`, where the view lies in the image,
    and `crop_scale`, the range in force.

    Args:
        size: pixels of the result, one side of a square or (height, width).
        scale: (low, high) area fractions in the first epochs.
        shift: which bounds the schedule moves, 'upper' or 'both'; None keeps the range for ever.
        start: last epoch of the fixed range, or, below 1, the share of the training that ends
            there (0.5: epoch 400 of the paper's 800, and half of any other length).
        decay: tau of the schedule.
        ratio: (least, greatest) width over height, drawn uniformly in its logarithm.
        interpolation: 'bilinear' or 'bicubic', antialiased as Pillow's are.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.1, 0.6),
        shift: Shift | None = None,
        start: float = 400,
        decay: float = 0.04,
        ratio: Sequence[float] = (3 / 4, 4 / 3),
        interpolation: Interpolation = 'bilinear',
    ) -> None:
        sides = (size, size) if isinstance(size, int) else tuple(size)
        if len(sides) != 2 or not all(isinstance(side, int) and side > 0 for side in sides):
            raise ValueError(f'size must be a positive number of pixels or two, got {size}')
        if len(ratio) != 2 or not 0 < ratio[0] <= ratio[1] < math.inf:
            raise ValueError(f'ratio must be (least, greatest) with 0 < least <= greatest, '
                             f'got {ratio}')
        check_interpolation(interpolation)
        self.size = sides
        self.ratio = (ratio[0], ratio[1])
        self.interpolation: Interpolation = interpolation
        self.scale = cast('tuple[float, float]', tuple(scale))  # dynamic_scale checks it, below
        if isinstance(start, float) and not 0 < start < 1:
            raise ValueError('start must be an epoch, an integer of at least 0, or a share of the '
                             f'training between 0 and 1, got {start}')
        self.start = start
        self.schedule: dict[str, Any] = {'decay': decay, 'shift': shift}
        #: The epoch, from 1, and the epochs of the whole training, 0 while they are not known.
        self._epoch = torch.tensor([1, 0]).share_memory_()
        dynamic_scale(1, scale=self.scale, decay=decay, shift=shift or 'both',
                      start=1 if self._is_share else cast(int, start))

    def __setstate__(self, state: dict) -> None:
        # A deep copy (mmengine's runner makes one of its config) would leave the shared memory.
        self.__dict__.update(state)
        self._epoch.share_memory_()

    def set_epoch(self, epoch: int) -> None:
        """Tell all processes that hold this transform the epoch, counted from 1."""
        if epoch < 1:
            raise ValueError(f'epochs are counted from 1, got {epoch}')
        self._epoch[0] = epoch

    def set_length(self, epochs: int) -> None:
        """Tell them the epochs of the whole training, which a `start` that is a share needs."""
        self._epoch[1] = epochs

    @property
    def follows_epochs(self) -> bool:
        """Whether the range ever changes."""
        return self.schedule['shift'] is not None

    @property
    def current_scale(self) -> tuple[float, float]:
        """The range (low, high) of area fractions in the current epoch."""
        if not self.follows_epochs:
            return self.scale
        epoch, epochs = self._epoch.tolist()
        start = self.start
        if self._is_share:
            # 0.29 of 100 epochs are 29, though the product falls short of it.
            start = max(1, int(start * epochs + 1e-9)) if epochs else epoch
        return dynamic_scale(epoch, scale=self.scale, start=cast(int, start), **self.schedule)

    @property
    def _is_share(self) -> bool:
        return isinstance(self.start, float)

    def transform(self, results: dict) -> dict:
        scale, image = self.current_scale, results['img']
        # The global generator is the one that mmengine seeds in each data worker.
        chances = np.random.random((_TRIES, 4))  # noqa: NPY002
        window = draw_window(chances, *image.shape[:2], scale=scale, ratio=self.ratio,
                             size=self.size)
        return {**results, 'img': window.cut(image, self.interpolation), 'img_shape': self.size,
                'crop_scale': scale, 'window': window}

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(size={self.size}, scale={self.scale}, start={self.start}, '
                f'{self.schedule}, ratio={self.ratio}, interpolation={self.interpolation!r})')
