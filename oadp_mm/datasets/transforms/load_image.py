"""Reading an image file into a pipeline."""
from __future__ import annotations

from mmcv.transforms import BaseTransform
from mmengine import fileio

from oadp_mm.datasets.decoding import SixteenBit, UnreadableImage, check_sixteen_bit, decode_image
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadImage(BaseTransform):
    """Read ``results['img_path']`` as an 8-bit BGR image, whatever the file holds.

    Gray, palette, transparent and 16-bit files are converted. An image that cannot be read does not
    stop the training: the transform returns None, on which an mmengine dataset draws another one,
    and leaves the reason in ``results['unreadable']`` for the dataset to count.

    Adds ``img`` (uint8, (h, w, 3), BGR), ``img_shape`` and ``ori_shape`` (h, w).

    Args:
        sixteen_bit: 'range' or 'minmax', see :func:`oadp_mm.datasets.decoding.decode_image`.
        min_side: pixels that the shorter side of a large JPEG keeps at least when it is decoded at
            a fraction of its size, see there; None decodes all whole.
        backend_args: of mmengine's file backends; None reads local files.

    Raises:
        ValueError: unknown ``sixteen_bit``, or ``min_side`` below 1.
    """

    def __init__(self, sixteen_bit: SixteenBit = 'range', min_side: int | None = None,
                 backend_args: dict | None = None) -> None:
        check_sixteen_bit(sixteen_bit)
        if min_side is not None and min_side < 1:
            raise ValueError(f'min_side must be a number of pixels above 0, got {min_side}')
        self.sixteen_bit, self.min_side = sixteen_bit, min_side
        self.backend_args = backend_args

    def transform(self, results: dict) -> dict | None:
        try:
            results['img'] = self._read(results['img_path'])
        except UnreadableImage as error:
            results['unreadable'] = str(error)
            return None
        results['img_shape'] = results['ori_shape'] = results['img'].shape[:2]
        return results

    def _read(self, path: str):
        try:
            data = fileio.get(path, backend_args=self.backend_args)
        except OSError as error:
            raise UnreadableImage(error.strerror or str(error)) from error
        return decode_image(data, sixteen_bit=self.sixteen_bit, min_side=self.min_side)

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(sixteen_bit={self.sixteen_bit!r}, '
                f'min_side={self.min_side})')
