"""A command in a process of its own: a log, its lines to a listener, an end not after ours."""
from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from oadp_mm.stages.leash import GRACE_SECONDS

POLL_SECONDS = 0.25

#: Called with each line the command prints, and with '' while it prints nothing.
Listener = Callable[[str], None]


def follow(command: tuple[str, ...], env: Mapping[str, str], log: Path, listen: Listener) -> int:
    """Run `command` with its output added to `log`, pass on each line, return its exit status.

    Whatever ends the call, an interrupt too, ends the command and all that it started; so does the
    death of this process, see `oadp_mm.stages.leash`. A command that signal N ended has the status
    128 + N.
    """
    with log.open('a', encoding='utf-8', errors='replace') as sink:
        sink.write(f'# {datetime.now():%Y-%m-%d %H:%M:%S} {shlex.join(command)}\n')
        sink.flush()
        offset = sink.tell()
        rest, unbuffered = '', {'PYTHONUNBUFFERED': '1', **env}
        with (family(command, unbuffered, stdout=sink, stderr=subprocess.STDOUT) as child,
              log.open(encoding='utf-8', errors='replace', newline='') as source):
            source.seek(offset)
            while True:
                running = child.poll() is None  # asked first, so the last read misses nothing
                lines = (rest + source.read()).replace('\r', '\n').split('\n')
                rest = lines.pop()
                for line in lines:
                    listen(line)
                if not running:
                    return child.returncode
                listen('')
                time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def family(command: Sequence[str], env: Mapping[str, str], **options: Any,
           ) -> Iterator[subprocess.Popen]:
    """A command that ends, with all that it starts, when this block or this process does.

    It has a session of its own: Ctrl-C reaches us alone, and we end the whole family in order.

    Args:
        command: the program and its arguments.
        env: variables set on top of the environment.
        **options: further ones of `subprocess.Popen`.
    """
    child = subprocess.Popen(
        (sys.executable, '-m', 'oadp_mm.stages.leash', *command), stdin=subprocess.PIPE,
        env={**os.environ, **env}, start_new_session=True, **options)
    try:
        yield child
    finally:
        _end_family(child)


def _end_family(child: subprocess.Popen) -> None:
    """End the child and all it started (data workers): politely, then for good."""
    try:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass  # asked and waited for long enough
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # workers that outlived their parent, too
        child.communicate()  # waits, and lets go of the leash
