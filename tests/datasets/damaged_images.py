"""`python -m tests.datasets.damaged_images COUNT SEED`: image files damaged at random.

So many of each format are decoded, in a process whose crash ends nothing else.
"""
from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, features

from oadp_mm.datasets.decoding import UnreadableImage, decode_image

#: Far above the files' 64 x 48, far below what a damaged header can ask for.
MAX_PIXELS = 1_000_000
#: Twice what decoders hold of so many pixels of 16 bits.
MOST_MEGABYTES = 50
#: By the kind's name: what Pillow writes it with.
KINDS = {
    'jpeg': ('JPEG', {}), 'progressive': ('JPEG', {'progressive': True}), 'png': ('PNG', {}),
    'tiff': ('TIFF', {'compression': 'tiff_lzw'}), 'webp': ('WEBP', {}), 'bmp': ('BMP', {}),
    'gif': ('GIF', {}), 'jp2': ('JPEG2000', {}), 'ppm': ('PPM', {}), 'avif': ('AVIF', {}),
}


def whole(kind: str) -> bytes:
    """An image file with smooth and rough places and, where the format keeps one, a turn."""
    rng = np.random.default_rng(0)
    pixels = cv2.resize(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8), (64, 48))
    pixels[:16, :16] = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    name, options = KINDS[kind]
    turned = {'exif': exif} if name in ('JPEG', 'PNG', 'TIFF', 'WEBP', 'AVIF') else {}
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, name, **options, **turned)
    return buffer.getvalue()


def damaged(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Copies with flipped bits, half of them in the header, cut off, or a part lost or doubled."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        content = bytearray(data)
        if (way := rng.integers(4)) < 2:
            end = len(data) if way else min(64, len(data))
            for place in rng.integers(end, size=rng.integers(1, 9)):
                content[place] ^= 1 << rng.integers(8)
        elif way == 2:
            del content[rng.integers(len(data)):]
        else:
            first, last = sorted(rng.integers(len(data), size=2))
            content[first:last] = content[first:last] * rng.integers(0, 3)
        yield bytes(content)


def megabytes() -> float:
    """The most that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int, seed: int) -> None:
    """Fails at the first that ends in another error than UnreadableImage, or that takes memory."""
    for number, kind in enumerate(KINDS):
        if kind == 'avif' and not features.check('avif'):
            continue
        data, images, refused = whole(kind), 0, 0
        decode_image(data)
        before = megabytes()
        for content in damaged(data, count, seed + number):
            try:
                pixels = decode_image(content, max_pixels=MAX_PIXELS,
                                      min_side=16 if refused % 2 else None)
            except UnreadableImage:
                refused += 1
            else:
                assert pixels.dtype == np.uint8, pixels.dtype
                assert pixels.ndim == pixels.shape[2] == 3, pixels.shape
                assert 0 < pixels.size <= 3 * MAX_PIXELS, pixels.shape
                images += 1
            assert megabytes() - before < MOST_MEGABYTES, (kind, images + refused)
        print(f'{kind:12} {images:6} images {refused:6} refused, '
              f'{megabytes() - before:3.0f} MB more than before', flush=True)


if __name__ == '__main__':
    main(*map(int, sys.argv[1:]))
