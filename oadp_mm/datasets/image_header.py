"""What an image file says of its pixels before they are decoded: number, kind, orientation."""
from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

JPEG, PNG = b'\xff\xd8', b'\x89PNG'
_TIFF = b'II*\0', b'MM\0*', b'II+\0', b'MM\0+'  # the latter two are BigTIFF
_ORIENTATION = 0x0112  # EXIF's tag

#: What Pillow's readers raise on damaged files.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, LookupError, TypeError,
          RuntimeError, struct.error, zlib.error, Image.DecompressionBombError)


class UnreadableImage(OSError):
    """A file that holds no image, less of one than its header promises, or a kind not read."""


@dataclass(frozen=True)
class Header:
    """Of one image file.

    Args:
        width: in pixels, as stored.
        height: in pixels, as stored.
        is_jpeg: so it can be decoded at a fraction of its size.
        rows_at_once: a JPEG that is decoded a few rows at a time, so that the fraction takes as
            little memory (a progressive one is held whole).
        orientation: EXIF's, 1..8, of the formats that OpenCV does not turn upright itself.
    """

    width: int
    height: int
    is_jpeg: bool = False
    rows_at_once: bool = False
    orientation: int | None = None


def read_header(data: bytes) -> Header | None:
    """The header of an image file, or None if it cannot be told without decoding.

    Raises:
        UnreadableImage: a TIFF of pixels that are not read, or a size that Pillow refuses.
    """
    if data.startswith(PNG) and len(data) >= 24:
        return Header(*struct.unpack('>II', data[16:24]))
    if data.startswith(JPEG):
        if (frame := _jpeg_frame(data)) is not None:
            return frame
    elif data.startswith(_TIFF):
        return _tiff_header(data)
    with suppress(*DAMAGE), open_image(data) as image:  # reads no pixels
        # OpenCV releases differ in whether they turn these two.
        turned = image.format in ('WEBP', 'AVIF')
        return Header(*image.size, is_jpeg=image.format in ('JPEG', 'MPO'),
                      orientation=image.getexif().get(_ORIENTATION) or 1 if turned else None)
    return None


@contextmanager
def open_image(data: bytes) -> Iterator[Image.Image]:
    """The file as Pillow opens it, without its remarks on large and damaged ones."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        with Image.open(io.BytesIO(data)) as image:
            yield image


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Pixels (h, w, ...) turned and mirrored as EXIF's orientation, 1..8, asks for."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def png_is_whole(data: bytes) -> bool:
    """Whether each chunk up to the last one ends within the file.

    OpenCV asks for as much memory as a chunk says that it takes, 2 GB at most.
    """
    at = 8  # behind the signature
    while at + 12 <= len(data):
        kind = data[at + 4:at + 8]
        at += 12 + int.from_bytes(data[at:at + 4], 'big')  # length, kind, content, checksum
        if kind == b'IEND':
            return at <= len(data)
    return False


def _jpeg_frame(data: bytes) -> Header | None:
    """Walks over the segments up to the frame's: a fraction of the time that Pillow takes."""
    at = len(JPEG)
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # not tables of codes
            height, width = struct.unpack('>HH', data[at + 5:at + 9])
            return Header(width, height, True, rows_at_once=marker in (0xC0, 0xC1))
        at += 2 + int.from_bytes(data[at + 2:at + 4], 'big')
    return None


def _tiff_header(data: bytes) -> Header | None:
    """Of the first image. Checked here since OpenCV refuses a kind as it does a damaged file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # Pillow's remarks on damaged ones
            tags = ImageFileDirectory_v2(data[:16 if data[2:4] in (b'+\0', b'\0+') else 8])
            file = io.BytesIO(data)
            file.seek(tags.next)
            tags.load(file)
            width, height, samples = int(tags[256]), int(tags[257]), int(tags.get(277, 1))
            bits, kind = (max(map(int, tags.get(tag, (1,)))) for tag in (258, 339))
    except DAMAGE:
        return None
    if kind != 1 or bits > 16:
        name = {1: 'unsigned integers', 2: 'signed integers', 3: 'floats'}.get(kind, 'complex')
        raise UnreadableImage(f'its pixels are {bits}-bit {name}: a kind that is not read, convert '
                              'it to 8-bit or 16-bit unsigned integers')
    if samples > 4:
        raise UnreadableImage(f'its pixels have {samples} bands: a kind that is not read, choose '
                              'three of them')
    return Header(width, height)
