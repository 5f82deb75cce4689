"""Telling a file that cannot be read from a storage that is away for a moment."""
from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from mmengine.logging import print_log

from oadp_mm.datasets.image_header import UnreadableImage
from oadp_mm.files.shown import shown

#: Seconds between the tries to read a file whose storage is away: a minute in all.
WAITS = (1, 2, 4, 8, 16, 32)
#: What networks and their mounts answer while they are away; the reader's own mistakes, such as a
#: file without permission or a name that is too long, stay what they are.
_PASSING = {getattr(errno, name) for name in (
    'EIO', 'ESTALE', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN',
    'ENETUNREACH', 'ECONNRESET', 'ECONNABORTED', 'ECONNREFUSED', 'ENODEV', 'ENXIO', 'EREMOTEIO',
    'EAGAIN', 'EBUSY', 'ENFILE', 'EMFILE', 'ENOMEM') if hasattr(errno, name)}

T = TypeVar('T')


def patiently(read: Callable[[], T], roots: Sequence[Path]) -> T:
    """What `read` returns, tried again while the storage of the images seems to be away.

    It is away if the system says so (an input/output error, a stale or lost connection), or if the
    file is missing and one of the folders that held images is missing or empty, as the place of a
    mount is. A file that is merely missing or damaged is not tried again. A line of the log says
    when the waiting begins: each data worker that waits writes its own.

    Args:
        read: reads an image.
        roots: folders that held images when the training began.

    Raises:
        UnreadableImage: of `read`, where it is the file's fault.
        OSError: a folder did not come back within a minute.
    """
    for wait in WAITS:
        try:
            return read()
        except UnreadableImage as error:
            cause = error.__cause__
            if not isinstance(cause, OSError) or isinstance(cause, UnreadableImage):
                raise
            if cause.errno not in _PASSING and all(map(_holds_files, roots)):
                raise
            if wait == WAITS[0]:
                print_log(f'{error}: its storage seems to be away, waiting up to {sum(WAITS)} '
                          'seconds for it', logger='current', level=logging.WARNING)
        time.sleep(wait)
    try:
        return read()
    except UnreadableImage as error:
        gone = [root for root in roots if not _holds_files(root)]
        if not gone or isinstance(error.__cause__, UnreadableImage):
            raise
        raise OSError(f'image folder {shown(gone[0])} was there and is away, for more than '
                      f'{sum(WAITS)} seconds now: bring it back and add --resume to the same '
                      'command') from error


def _holds_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
