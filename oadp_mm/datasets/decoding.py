"""From the bytes of an image file to 8-bit BGR pixels, or the reason why there are none."""
from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from typing import Literal, get_args

import cv2
import numpy as np
from PIL import Image

SixteenBit = Literal['range', 'minmax']

#: What Pillow's decoders raise on damaged files, beside OSError.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error,
           Image.DecompressionBombError)


_JPEG = b'\xff\xd8'
#: Smallest first; the decoder leaves out high frequencies instead of computing and averaging them.
_REDUCED = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4,
            2: cv2.IMREAD_REDUCED_COLOR_2}


class UnreadableImage(OSError):
    """The bytes hold no image, or less of one than their header promises."""


def decode_image(data: bytes, *, sixteen_bit: SixteenBit = 'range',
                 min_side: int | None = None) -> np.ndarray:
    """Decode an image file of any channel count to BGR.

    Gray images and palettes become three channels, alpha is dropped, EXIF's orientation is applied.

    Args:
        data: the file's bytes.
        sixteen_bit: how 16-bit pixels become 8-bit ones. 'range' keeps the eight high bits (65535
            becomes 255); 'minmax' stretches each image's own range to 0..255, for medical and
            depth images that use a small part of the 16 bits.
        min_side: decode a JPEG at 1/2, 1/4 or 1/8 of its size, the smallest whose shorter side
            has this many pixels still; a photo of 12 million pixels takes about half the time. None
            decodes all images whole, as other formats always are.

    Returns:
        uint8 (h, w, 3), BGR.

    Raises:
        UnreadableImage: not an image, a truncated one, or pixels of neither 8 nor 16 bits.
        ValueError: unknown `sixteen_bit`.
    """
    check_sixteen_bit(sixteen_bit)
    if not data:
        raise UnreadableImage('the file is empty')
    _refuse_truncated(data)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), _flags(data, min_side))
    except cv2.error as error:
        raise UnreadableImage(f'OpenCV cannot decode it ({error.err})') from error
    if pixels is None:
        raise UnreadableImage('it is not an image, or it is damaged')
    if pixels.dtype == np.uint16:
        return _to_eight_bits(pixels, sixteen_bit)
    if pixels.dtype != np.uint8:
        raise UnreadableImage(f'its pixels are {pixels.dtype}, neither 8-bit nor 16-bit')
    return pixels


def _flags(data: bytes, min_side: int | None) -> int:
    if min_side is not None and data.startswith(_JPEG):
        with suppress(*_DAMAGE), Image.open(io.BytesIO(data)) as image:  # reads the header only
            for factor, flag in _REDUCED.items():
                if min(image.size) // factor >= min_side:
                    return flag
    return cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH


def check_sixteen_bit(sixteen_bit: str) -> None:
    """Raise ValueError unless `sixteen_bit` is a known rule."""
    if sixteen_bit not in get_args(SixteenBit):
        raise ValueError(f"sixteen_bit must be 'range' or 'minmax', got {sixteen_bit!r}")


def _to_eight_bits(pixels: np.ndarray, rule: SixteenBit) -> np.ndarray:
    if rule == 'range':
        return (pixels >> 8).astype(np.uint8)
    low, high = int(pixels.min()), int(pixels.max())
    return np.rint((pixels - low) * (255 / max(high - low, 1))).astype(np.uint8)


def _refuse_truncated(data: bytes) -> None:
    """Most OpenCV releases fill the missing part of a JPEG with gray and report success.

    Looking for the end marker costs microseconds. Few whole files lack it (trailers of some
    cameras), so only those are decoded by Pillow, which does notice.
    """
    if data.startswith(_JPEG):
        # A thumbnail ends before the scan (SOS) of the image itself begins.
        end = data.rfind(b'\xff\xd9')
        whole = end >= 0 and data.find(b'\xff\xda', end) < 0
    elif data.startswith(b'\x89PNG'):
        whole = data.rfind(b'IEND') >= 0
    else:
        return
    if whole:
        return
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except _DAMAGE as error:
        raise UnreadableImage(f'it is truncated ({error})') from error
