"""Image files: which of them lie below a folder, and the pixels that one holds."""
from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np
from mmengine import fileio

from oadp_mm.datasets.decoding import SixteenBit, UnreadableImage, decode_image

EXTENSIONS = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp', '.ppm', '.pgm')


def images_below(folder: str | os.PathLike, extensions: Sequence[str] = EXTENSIONS,
                 recursive: bool = True) -> list[str]:
    """Paths of the images in a folder, sorted as text.

    Whatever is called `.something`, file or folder, is somebody's housekeeping and no image.

    Args:
        folder: where to look.
        extensions: of the files that count as images, in any case.
        recursive: descend into sub-folders, through symbolic links too.
    """
    endings = tuple(extension.lower() for extension in extensions)
    return sorted(path for path in _walk(os.fspath(folder), recursive)
                  if path.lower().endswith(endings))


def _walk(root: str, recursive: bool) -> Iterator[str]:
    visited = set()  # a link to a parent folder would not end
    for folder, children, files in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:
            children.clear()
            continue
        visited.add(real)
        children[:] = [child for child in sorted(children)
                       if recursive and not child.startswith('.')]
        yield from (os.path.join(folder, name) for name in files if not name.startswith('.'))


def read_image(path: str | os.PathLike, *, sixteen_bit: SixteenBit = 'range',
               min_side: int | None = None, backend_args: dict | None = None) -> np.ndarray:
    """The pixels of a file, uint8 (h, w, 3), BGR.

    Args:
        path: of the file, or what a backend takes for one.
        sixteen_bit: see `decode_image`.
        min_side: see `decode_image`.
        backend_args: of mmengine's file backends; None reads local files.

    Raises:
        UnreadableImage: there is no such file, or it holds no whole image.
    """
    try:
        data = fileio.get(path, backend_args=backend_args)
        return decode_image(data, sixteen_bit=sixteen_bit, min_side=min_side)
    except OSError as error:  # an UnreadableImage is one, too
        reason = error.strerror or str(error)
        raise UnreadableImage(f'{os.fspath(path)} cannot be read: {reason}') from error
