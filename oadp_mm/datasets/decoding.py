"""From the bytes of an image file to 8-bit BGR pixels, or the reason why there are none."""
from __future__ import annotations

from typing import Literal, get_args

import cv2
import numpy as np
from PIL import Image, ImageOps

from oadp_mm.datasets.image_header import (
    DAMAGE,
    JPEG,
    PNG,
    Header,
    UnreadableImage,
    open_image,
    png_is_whole,
    read_header,
    upright,
)

SixteenBit = Literal['range', 'minmax']

#: Of one image, unless told otherwise: 1.2 GB as 8-bit BGR, in each data worker.
MAX_PIXELS = 400_000_000
#: Smallest first; the decoder leaves out high frequencies instead of computing and averaging them.
_REDUCED = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4,
            2: cv2.IMREAD_REDUCED_COLOR_2}
# Where OpenCV's releases keep it, if they let Python have it.
_LOG = next((place for place in (cv2, getattr(cv2.utils, 'logging', None))
             if hasattr(place, 'setLogLevel')), None)


def decode_image(data: bytes, *, sixteen_bit: SixteenBit | None = 'range',
                 min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Decode an image file of any channel count to BGR.

    Gray images and palettes become three channels, alpha is dropped, EXIF's orientation is applied.
    What OpenCV does not know is left to Pillow and its plugins.

    Args:
        data: the file's bytes.
        sixteen_bit: how 16-bit pixels become 8-bit ones. 'range' keeps the eight high bits (65535
            becomes 255); 'minmax' stretches each image's own range to 0..255, for medical and
            depth images that use a small part of the 16 bits. None leaves them as they are.
        min_side: decode a JPEG at 1/2, 1/4 or 1/8 of its size, the smallest whose shorter side
            has this many pixels still; a photo of 12 million pixels takes about half the time. None
            decodes all images whole, as other formats always are.
        max_pixels: the most that are decoded, after `min_side`. Pillow's own limit, 178,956,970,
            holds as well for other formats than JPEG, PNG and TIFF.

    Returns:
        uint8 (h, w, 3), BGR; uint16 of a 16-bit file if `sixteen_bit` is None.

    Raises:
        UnreadableImage: not an image, a truncated or too large one, or pixels of neither 8 nor 16
            bits.
        ValueError: unknown `sixteen_bit`.
    """
    if sixteen_bit is not None:
        check_sixteen_bit(sixteen_bit)
    if not data:
        raise UnreadableImage('the file is empty')
    header = read_header(data)
    factor = _fraction(header, min_side)
    _refuse_large(header, factor, max_pixels)
    _refuse_truncated(data)
    orientation = header.orientation if header else None
    flag = _REDUCED.get(factor, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if orientation:  # WebP and AVIF: 8 bits, of up to 12, and turned below
        flag = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = _by_opencv(data, flag)
    except cv2.error as error:
        raise UnreadableImage(f'OpenCV cannot decode it ({error.err})') from error
    if pixels is None:
        pixels = _by_pillow(data)
    elif orientation:
        pixels = upright(pixels, orientation)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise UnreadableImage(f'its pixels are {pixels.dtype}: a kind that is not read, convert it '
                              'to 8-bit or 16-bit unsigned integers')
    if pixels.dtype == np.uint16 and sixteen_bit is not None:
        return to_eight_bits(pixels, sixteen_bit)
    return pixels


def _fraction(header: Header | None, min_side: int | None) -> int:
    """Which fraction of a JPEG is decoded: 8, 4, 2 or, of all else, 1."""
    if header is None or min_side is None or not header.is_jpeg:
        return 1
    side = min(header.width, header.height)
    return next((factor for factor in _REDUCED if side // factor >= min_side), 1)


def _refuse_large(header: Header | None, factor: int, max_pixels: int) -> None:
    """Raise UnreadableImage before memory is asked for that a small file can make immense."""
    if header is None:
        return
    held = header.width * header.height // (factor ** 2 if header.rows_at_once else 1)
    if held > max_pixels:
        raise UnreadableImage(f'it has {header.width} x {header.height} pixels, more than '
                              f'max_pixels={max_pixels} allows: cut it into tiles, or in a '
                              'training add --cfg-options '
                              f'train_dataloader.dataset.dataset.pipeline.0.max_pixels={held}')


def _by_opencv(data: bytes, flag: int) -> np.ndarray | None:
    """Without OpenCV's lines on the terminal, which name no file: whoever fails says why.

    The lines that libtiff, libpng and libjpeg write on their own cannot be kept back.
    """
    pixels = np.frombuffer(data, np.uint8)
    if _LOG is None:
        return cv2.imdecode(pixels, flag)
    level = _LOG.getLogLevel()
    _LOG.setLogLevel(0)
    try:
        return cv2.imdecode(pixels, flag)
    finally:
        _LOG.setLogLevel(level)


def _by_pillow(data: bytes) -> np.ndarray:
    try:
        with open_image(data) as image:
            pixels = np.asarray(image)
            if pixels.dtype.itemsize > 1:  # 16-bit, integers or floats, of one band
                return np.dstack([pixels] * 3)
            return np.asarray(ImageOps.exif_transpose(image).convert('RGB'))[..., ::-1].copy()
    except Image.UnidentifiedImageError as error:
        brand = data[8:12].decode('ascii', 'replace') if data[4:8] == b'ftyp' else ''
        raise UnreadableImage(f'it is of the kind {brand!r}, which is not read: convert it'
                              if brand else 'it is not an image, or it is damaged') from error
    except DAMAGE as error:
        raise UnreadableImage(f'it is damaged, or of a kind that is not read ({error})') from error


def check_sixteen_bit(sixteen_bit: str) -> None:
    """Raise ValueError unless `sixteen_bit` is a known rule."""
    if sixteen_bit not in get_args(SixteenBit):
        raise ValueError(f"sixteen_bit must be 'range' or 'minmax', got {sixteen_bit!r}")


def to_eight_bits(pixels: np.ndarray, rule: SixteenBit) -> np.ndarray:
    """uint16 pixels as uint8 ones, see `decode_image`."""
    if rule == 'range':
        return (pixels >> 8).astype(np.uint8)
    low, high = int(pixels.min()), int(pixels.max())
    return np.rint((pixels - low) * (255 / max(high - low, 1))).astype(np.uint8)


def lost_to_range(bits: int) -> str | None:
    """What 'range' makes of 16-bit images whose brightest pixel takes this many bits, if it harms.

    10-bit, 12-bit and 14-bit cameras leave the high bits empty, and so does one dark picture of a
    true 16-bit camera: `bits` should be the most that a whole folder takes.
    """
    if bits > 14:  # a quarter of the levels or more are in use
        return None
    highest = 2 ** bits - 1
    return (f'16-bit images hold no value above {highest}, so that they come out dark, in levels 0 '
            f'to {highest >> 8} of 255')


def _refuse_truncated(data: bytes) -> None:
    """What OpenCV takes for whole.

    Most releases fill the missing part of a JPEG with gray and report success. Looking for the end
    marker costs microseconds. Few whole files lack it (trailers of some cameras), so only those are
    decoded by Pillow, which does notice.
    """
    if data.startswith(PNG) and not png_is_whole(data):
        raise UnreadableImage('it is truncated')
    if not data.startswith(JPEG):
        return
    # A thumbnail ends before the scan (SOS) of the image itself begins.
    end = data.rfind(b'\xff\xd9')
    if end >= 0 and data.find(b'\xff\xda', end) < 0:
        return
    try:
        with open_image(data) as image:
            image.load()
    except DAMAGE as error:
        raise UnreadableImage(f'it is truncated ({error})') from error
