"""A file that a reader sees as it was or as it will be, never a part of it."""
from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from oadp_mm.errors import FULL, MAKE_ROOM
from oadp_mm.files.shown import shown


def replace_file(path: Path, write: Callable[[Path], object], size: int = 0) -> None:
    """Have `write` fill a file beside `path` and put it in its place; nothing stays on an error.

    Args:
        path: of the file, an older one of which stays until the new one is whole.
        write: called with the path to write to.
        size: bytes that it is known to take, of which a full disk is told.

    Raises:
        OSError: the disk is full, or a quota or a limit on files is reached; others of `write`.
    """
    partial = path.with_name(f'.{path.name}.{os.getpid()}.partial')
    try:
        write(partial)
        os.replace(partial, path)
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise OSError(_no_room(path, partial, size, error)) from error
    finally:
        partial.unlink(missing_ok=True)


def _no_room(path: Path, partial: Path, size: int, error: OSError) -> str:
    room = partial.stat().st_size if partial.exists() else 0
    if error.errno == errno.ENOSPC:
        room += shutil.disk_usage(path.parent).free
    takes = f'about {size / 1e6:.1f} MB' if size > room else f'more than {room / 1e6:.1f} MB'
    return (f'{shown(path)} cannot be written ({error.strerror}): it takes {takes} and there is '
            f'room for {room / 1e6:.1f} MB: {MAKE_ROOM}')


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` by what it should hold."""
    replace_file(path, lambda partial: partial.write_bytes(content), len(content))


def write_text(path: Path, text: str) -> None:
    """Replace `path` by a text in UTF-8; names of files in it keep their own bytes."""
    write_bytes(path, text.encode('utf-8', 'surrogateescape'))


def remove_partials(folder: Path) -> None:
    """Remove what killed writers of `replace_file` left in a folder where nobody writes now."""
    for partial in folder.glob('.*.partial'):
        partial.unlink(missing_ok=True)
