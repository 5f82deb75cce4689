"""A work directory held by one command, which ends cleanly when it is told to."""
from __future__ import annotations

import contextlib
import fcntl
import signal
from collections.abc import Iterator
from pathlib import Path

from oadp_mm.files.shown import shown


@contextlib.contextmanager
def alone_in(work_dir: Path, command: str) -> Iterator[None]:
    """Make the folder and hold it, so that no second `oadp-mm COMMAND` writes into it.

    Raises:
        ValueError: if its name is no UTF-8.
        OSError: if it cannot be written or another command holds it.
    """
    if shown(work_dir) != str(work_dir):
        raise ValueError(f'{shown(work_dir)} is no UTF-8, so that mmengine cannot write down where '
                         'checkpoints lie: give another folder with --work-dir')
    try:
        work_dir.mkdir(parents=True, exist_ok=True)
        lock = (work_dir / '.lock').open('w')
    except OSError as error:
        raise OSError(f'cannot write to {work_dir} ({error.strerror}): give another folder with '
                      '--work-dir') from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OSError(f'another {command} is running in {work_dir}: wait for it, or give '
                          'another folder with --work-dir') from error
        yield


@contextlib.contextmanager
def terminate_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does, children first."""
    def interrupt(signum, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
