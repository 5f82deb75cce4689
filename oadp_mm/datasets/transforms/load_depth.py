"""Reading a depth map into a pipeline of mmseg."""
from __future__ import annotations

import math

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from mmengine import fileio

from oadp_mm.files.shown import shown
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadDepth(BaseTransform):
    """Read `results['depth_map_path']`, a 16-bit picture of one channel, in metres.

    The host's reader takes whatever the file holds times a factor: a map of another unit trains a
    network to nonsense, and one without a depth makes every figure of a test NaN.

    Adds `gt_depth_map` (float32, (h, w); 0 where there is none) and names it in `seg_fields`, so
    that the host's `Resize` and `RandomFlip` change it with the image.

    Args:
        unit: of the file, in metres; NYU v2's count millimetres.
        depths: (least, greatest) distance, in metres, that is believed of a map's far points: 99 of
            100 are no farther.

    Raises:
        ValueError: of construction, where these are not positive or out of order; of the call,
            where the file holds no depths, or of another unit.
        OSError: of the call: the file cannot be read.
    """

    def __init__(self, unit: float = 1e-3, depths: tuple[float, float] = (0.1, 10.0)) -> None:
        if not (0 < unit < math.inf and len(depths) == 2 and 0 < depths[0] < depths[1]):
            raise ValueError('expected a unit above 0 and 0 < least < greatest depth, in metres, '
                             f'got unit={unit}, depths={tuple(depths)}')
        self.unit, self.span = unit, depths

    def transform(self, results: dict) -> dict:
        path = results['depth_map_path']
        data = np.frombuffer(fileio.get(path), np.uint8)
        counts = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if len(data) else None
        if counts is None or counts.dtype != np.uint16 or counts.ndim != 2:
            held = 'no picture' if counts is None else f'{counts.dtype} of shape {counts.shape}'
            raise ValueError(f'{shown(path)} must hold depths as a 16-bit picture of one channel, '
                             f'got {held}: write it as PNG of uint16')
        depth = counts.astype(np.float32) * np.float32(self.unit)
        if not counts.any():
            raise ValueError(f'{shown(path)} has no pixel with a depth (0 means none): take it and '
                             'its image out of the folders')
        least, greatest = self.span
        far = float(np.quantile(depth[counts > 0], 0.99))  # a few pixels may be anything
        if not least <= far <= greatest:
            raise ValueError(
                f'the far pixels of {shown(path)} would be {far:.4g} m away, expected {least:g} to '
                f'{greatest:g}: set `unit` of oadp_mm.LoadDepth, now {self.unit:g} m, '
                'to what the file counts, or `depths` to what its camera sees')
        results['gt_depth_map'] = depth
        results.setdefault('seg_fields', []).append('gt_depth_map')
        return results
