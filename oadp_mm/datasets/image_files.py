"""Image files: which of them lie below a folder, and the pixels that one holds."""
from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from mmengine import fileio

from oadp_mm.datasets.decoding import MAX_PIXELS, SixteenBit, UnreadableImage, decode_image
from oadp_mm.files.shown import shown

#: Of files that hold one picture and are decoded, by OpenCV or by Pillow.
EXTENSIONS = ('.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.tif', '.tiff', '.webp', '.avif',
              '.jp2', '.j2k', '.gif', '.ppm', '.pgm', '.pbm', '.pnm')
#: Of pictures that are not: whoever has them should hear that they are left out.
_OTHER_PICTURES = ('.heic', '.heif', '.hif', '.jxl', '.jxr', '.svg', '.psd', '.tga', '.ico',
                   '.exr', '.hdr', '.dng', '.cr2', '.cr3', '.nef', '.arw', '.orf', '.rw2', '.raf',
                   '.raw', '.dcm', '.nii', '.svs', '.ndpi', '.mpo')
#: Of one file, unless told otherwise: 300 million 8-bit pixels that are not compressed.
MAX_BYTES = 1_000_000_000
#: What file systems and programs keep beside somebody's files, in lower case.
_HOUSEKEEPING = ('@eadir', '__macosx', '#recycle', '$recycle.bin', 'system volume information',
                 'thumbs.db', 'desktop.ini')
#: Counted like endings.
_NO_FILES = 'pipes, devices or broken links'
_NO_LISTING = 'folders that cannot be read'
_KINDS = {stat.S_IFIFO: 'a pipe', stat.S_IFSOCK: 'a socket', stat.S_IFCHR: 'a device',
          stat.S_IFBLK: 'a device'}


def images_below(folder: str | os.PathLike, extensions: Sequence[str] = EXTENSIONS,
                 recursive: bool = True) -> list[str]:
    """Paths of the images in a folder, sorted as text, see `sort_out`."""
    return sort_out(folder, extensions, recursive)[0]


def sort_out(folder: str | os.PathLike, extensions: Sequence[str] = EXTENSIONS,
             recursive: bool = True) -> tuple[list[str], Counter[str]]:
    """Paths of the images in a folder, sorted as text, and how many files are left out by ending.

    Whatever is called `.something`, file or folder, is somebody's housekeeping and no image; so are
    a Synology's `@eaDir`, `__MACOSX` and the like.

    Args:
        folder: where to look.
        extensions: of the files that count as images, in any case.
        recursive: descend into sub-folders, through symbolic links too.

    Returns:
        The paths, and a count by ending in lower case; '' counts files that are no pictures. What
        has an image's ending but is no regular file is counted apart, and so are folders that
        cannot be read, of which one is tried where `folder` is none.
    """
    endings = tuple(extension.lower() for extension in extensions)
    paths, left_out = [], Counter[str]()
    for path, regular in _walk(os.fspath(folder), recursive, left_out):
        if path.lower().endswith(endings):
            if regular:
                paths.append(path)
            else:
                left_out[_NO_FILES] += 1
        else:
            ending = os.path.splitext(path)[1].lower()
            left_out[ending if ending in EXTENSIONS + _OTHER_PICTURES else ''] += 1
    return sorted(paths), left_out


def left_out_text(left_out: Counter[str]) -> str:
    """'.heic 120, .jxl 3, other files 12', the most frequent first; '' of none."""
    pictures = [f'{ending} {count}' for ending, count in left_out.most_common() if ending]
    return ', '.join(pictures + [f'other files {left_out[""]}'] * (left_out[''] > 0))


def convertible(left_out: Counter[str]) -> bool:
    """Whether pictures of other kinds are among them."""
    return any(left_out[ending] for ending in _OTHER_PICTURES)


def _walk(root: str, recursive: bool, left_out: Counter[str]) -> Iterator[tuple[str, bool]]:
    """Paths of what is no folder, and whether each is a regular file or a link to one.

    Folders that cannot be listed are counted in `left_out`.
    """
    visited, folders = set(), [root]  # a link to a parent folder would not end
    while folders:
        folder, children = folders.pop(), []
        try:
            status = os.stat(folder)
            if (place := (status.st_dev, status.st_ino)) in visited:
                continue
            visited.add(place)
            with os.scandir(folder) as entries:
                for entry in filter(lambda entry: _is_kept(entry.name), entries):
                    if _is(entry.is_dir):
                        children.append(entry.path)
                    else:
                        yield entry.path, _is(entry.is_file)
        except OSError:  # no permission, or a path longer than the system takes
            left_out[_NO_LISTING] += 1
        if recursive:
            folders += sorted(children, reverse=True)  # the first is taken first


def _is(kind: Callable[[], bool]) -> bool:
    try:
        return kind()
    except OSError:  # a link to itself, or into a folder without permission
        return False


def _is_kept(name: str) -> bool:
    return not name.startswith('.') and name.lower() not in _HOUSEKEEPING


def file_length(path: str | os.PathLike) -> int:
    """Bytes of a file, by which another one is noticed; -1 where the system tells none."""
    status = _status(path)
    return status.st_size if status else -1


def read_image(path: str | os.PathLike, *, sixteen_bit: SixteenBit | None = 'range',
               min_side: int | None = None, max_pixels: int = MAX_PIXELS,
               max_bytes: int = MAX_BYTES, backend_args: dict | None = None) -> np.ndarray:
    """The pixels of a file, uint8 (h, w, 3), BGR.

    Args:
        path: of a regular file, or what a backend takes for one.
        sixteen_bit: see `decode_image`.
        min_side: see `decode_image`.
        max_pixels: see `decode_image`.
        max_bytes: see `image_bytes`.
        backend_args: see `image_bytes`.

    Raises:
        UnreadableImage: there is no such file, or it holds no whole image. Its cause is the
            system's error where the file could not be read, an UnreadableImage where it could.
    """
    try:
        data = image_bytes(path, max_bytes, backend_args)
        return decode_image(data, sixteen_bit=sixteen_bit, min_side=min_side, max_pixels=max_pixels)
    except OSError as error:  # an UnreadableImage is one, too
        reason = error.strerror or str(error)
        raise UnreadableImage(f'{shown(path)} cannot be read: {reason}') from error


def image_bytes(path: str | os.PathLike, max_bytes: int = MAX_BYTES,
                backend_args: dict | None = None) -> bytes:
    """What a file holds.

    Args:
        path: of a regular file, or what a backend takes for one.
        max_bytes: the most that a local file may hold.
        backend_args: of mmengine's file backends; None reads local files.

    Raises:
        UnreadableImage: it is a pipe, which would be waited for, or a device, which may never end,
            or larger.
        OSError: of the system.
    """
    if status := _status(path):
        if kind := _KINDS.get(stat.S_IFMT(status.st_mode)):
            raise UnreadableImage(f'it is {kind}, not a regular file')
        if status.st_size > max_bytes:
            raise UnreadableImage(
                f'it has {status.st_size} bytes, more than max_bytes={max_bytes} allows: cut it '
                'into tiles, or in a training add --cfg-options '
                f'train_dataloader.dataset.dataset.pipeline.0.max_bytes={status.st_size}')
    return fileio.get(path, backend_args=backend_args)


def _status(path: str | os.PathLike) -> os.stat_result | None:
    """None where the system tells none, of which the reading says why."""
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None
