"""A folder held by one process, for as long as the process lives."""
from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import warnings
from collections.abc import Iterator
from pathlib import Path

from oadp_mm.files.shown import shown

# What file systems say that keep no locks (some network mounts).
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

_held: set[int] = set()


@contextlib.contextmanager
def hold(folder: Path, what: str, name: str = '.lock', option: str = '--work-dir',
         ) -> Iterator[None]:
    """Make the folder and hold it, so that no second process writes into it.

    The lock ends with the process, however that ends; the file that stays locks nothing.

    Args:
        folder: an output folder.
        what: works in it, as a user calls it: `training`, `demo`.
        name: of the file; who starts those that take `.lock` needs a lock of its own.
        option: with which a user gives another folder.

    Raises:
        ValueError: if its name is no UTF-8.
        OSError: if it cannot be written or another process holds it.
    """
    if shown(folder) != str(folder):
        raise ValueError(f'{shown(folder)} is no UTF-8, so that mmengine cannot write down where '
                         f'checkpoints lie: give another folder with {option}')
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OSError(f'cannot write to {folder} ({error.strerror}): give another folder with '
                      f'{option}') from error
    _held.add(lock)
    try:
        _take(lock, folder, what, option)
        yield
    finally:
        if lock in _held:
            _held.remove(lock)
            os.close(lock)


def _take(lock: int, folder: Path, what: str, option: str) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 1000, 0).decode(errors='replace')
        raise OSError(f'another {what} is running in {folder} ({holder}): wait for it, or give '
                      f'another folder with {option}') from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        warnings.warn(f'files in {folder} cannot be locked ({error.strerror}): start no second '
                      f'{what} there', stacklevel=4)
    os.truncate(lock, 0)
    os.pwrite(lock, f'process {os.getpid()} on {socket.gethostname()}'.encode(), 0)


def _close_in_child() -> None:
    """A forked child shares the lock until it closes it: a data worker that outlives a killed
    training must not hold its folder."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_close_in_child)
