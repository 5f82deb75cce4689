"""Reading an image file into a pipeline."""
from __future__ import annotations

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from oadp_mm.datasets.decoding import (
    MAX_PIXELS,
    SixteenBit,
    check_sixteen_bit,
    lost_to_range,
    to_eight_bits,
)
from oadp_mm.datasets.image_files import MAX_BYTES, read_image
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadImage(BaseTransform):
    """Read `results['img_path']` as an 8-bit BGR image, whatever the file holds.

    Gray, palette, transparent and 16-bit files are converted. An image that cannot be read stops no
    training on `oadp_mm.ImageFolder`, which counts it and takes another one.

    Adds `img` (uint8, (h, w, 3), BGR), `img_shape` and `ori_shape` (h, w).

    Args:
        sixteen_bit: 'range' or 'minmax', see `oadp_mm.datasets.decoding.decode_image`.
        min_side: pixels that the shorter side of a large JPEG keeps at least when it is decoded at
            a fraction of its size, see there; None decodes all whole.
        max_pixels: the most that are decoded of an image, see there; a larger one is unreadable.
        max_bytes: the most that a local file may hold; a larger one is unreadable.
        backend_args: of mmengine's file backends; None reads local files.

    Raises:
        ValueError: unknown `sixteen_bit`, or `min_side`, `max_pixels` or `max_bytes` below 1.
        UnreadableImage: of the call, if the file is missing or holds no whole image.
    """

    def __init__(self, sixteen_bit: SixteenBit = 'range', min_side: int | None = None,
                 max_pixels: int = MAX_PIXELS, max_bytes: int = MAX_BYTES,
                 backend_args: dict | None = None) -> None:
        check_sixteen_bit(sixteen_bit)
        for name, value, unit in (('min_side', min_side, 'pixels'),
                                  ('max_pixels', max_pixels, 'pixels'),
                                  ('max_bytes', max_bytes, 'bytes')):
            if value is not None and value < 1:
                raise ValueError(f'{name} must be a number of {unit} above 0, got {value}')
        self.sixteen_bit, self.min_side, self.max_pixels = sixteen_bit, min_side, max_pixels
        self.max_bytes, self.backend_args = max_bytes, backend_args
        # How many bits the brightest pixels of 16-bit images took so far: 1 where an image took so
        # many. In memory shared with the data workers, who see the images.
        self.bits = torch.zeros(17, dtype=torch.uint8).share_memory_()

    def __setstate__(self, state: dict) -> None:
        # A deep copy would leave the shared memory.
        self.__dict__.update(state)
        self.bits.share_memory_()

    def transform(self, results: dict) -> dict:
        pixels = read_image(results['img_path'], sixteen_bit=None, min_side=self.min_side,
                            max_pixels=self.max_pixels, max_bytes=self.max_bytes,
                            backend_args=self.backend_args)
        if pixels.dtype == np.uint16:
            self.bits[int(pixels.max()).bit_length()] = 1
            pixels = to_eight_bits(pixels, self.sixteen_bit)
        results['img'] = pixels
        results['img_shape'] = results['ori_shape'] = pixels.shape[:2]
        return results

    def darkness(self) -> str | None:
        """What is wrong with the 16-bit images read so far, or None if nothing is."""
        seen = self.bits.nonzero()
        if self.sixteen_bit != 'range' or not len(seen):
            return None
        return lost_to_range(int(seen.max()))

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(sixteen_bit={self.sixteen_bit!r}, '
                f'min_side={self.min_side}, max_pixels={self.max_pixels}, '
                f'max_bytes={self.max_bytes})')
