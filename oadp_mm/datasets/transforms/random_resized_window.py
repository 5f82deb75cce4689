"""The host's random resized crop, which says where it cut."""
from __future__ import annotations

import mmpretrain.datasets
import numpy as np

from oadp_mm.ops.windows import Window
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomResizedWindow(mmpretrain.datasets.RandomResizedCrop):
    """mmpretrain's, with its arguments and its numbers; adds `window` to the results."""

    def rand_crop_params(self, img: np.ndarray) -> tuple[int, int, int, int]:
        top, left, height, width = super().rand_crop_params(img)
        self._window = Window(top, left, height, width, (self.scale[0], self.scale[1]))
        return top, left, height, width

    def transform(self, results: dict) -> dict:
        results = super().transform(results)
        results['window'] = self._window
        return results
