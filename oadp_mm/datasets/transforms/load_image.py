"""Reading an image file into a pipeline."""
from __future__ import annotations

from mmcv.transforms import BaseTransform

from oadp_mm.datasets.decoding import SixteenBit, check_sixteen_bit
from oadp_mm.datasets.image_files import read_image
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
        backend_args: of mmengine's file backends; None reads local files.

    Raises:
        ValueError: unknown `sixteen_bit`, or `min_side` below 1.
        UnreadableImage: of the call, if the file is missing or holds no whole image.
    """

    def __init__(self, sixteen_bit: SixteenBit = 'range', min_side: int | None = None,
                 backend_args: dict | None = None) -> None:
        check_sixteen_bit(sixteen_bit)
        if min_side is not None and min_side < 1:
            raise ValueError(f'min_side must be a number of pixels above 0, got {min_side}')
        self.sixteen_bit, self.min_side = sixteen_bit, min_side
        self.backend_args = backend_args

    def transform(self, results: dict) -> dict:
        results['img'] = read_image(results['img_path'], sixteen_bit=self.sixteen_bit,
                                    min_side=self.min_side, backend_args=self.backend_args)
        results['img_shape'] = results['ori_shape'] = results['img'].shape[:2]
        return results

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(sixteen_bit={self.sixteen_bit!r}, '
                f'min_side={self.min_side})')
