"""A trial of a config in a process of its own, ended when it takes too long or too much."""
from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

from oadp_mm.doctor.machine import free_memory
from oadp_mm.stages.child_process import follow

#: Of memory, below which the trial is ended before it harms others.
_LEFT = 0.04
_LINE = '{"kind": "'
End = Literal['done', 'time', 'memory', 'killed', 'refused']


class Tried(NamedTuple):
    """What came of a trial.

    Args:
        end: how it ended: by itself, after its time, where memory was short, by the system, or in
            an error, which is `told`.
        told: what `oadp_mm.doctor.trial` said, by kind; the last of each.
        last: line that it printed, where nothing else explains its end.
    """

    end: End
    told: dict[str, dict[str, Any]]
    last: str = ''


def try_out(config: Path, images: str, limit: float,
            short: Callable[[], bool] | None = None) -> Tried:
    """Begin the training of a config, and end it after a step or two.

    Args:
        config: its file.
        images: folder of images that takes the place of the config's; '' for none.
        limit: seconds.
        short: whether memory is; None asks the system.
    """
    short, told, last = short or _memory_is_short, dict[str, dict[str, Any]](), ['']
    until = time.monotonic() + limit

    def listen(line: str) -> None:
        if line.startswith(_LINE):
            what = json.loads(line)
            told[what.pop('kind')] = what
        elif line.strip():
            last[0] = line.strip()
        if time.monotonic() > until:
            raise _Ended('time')
        if short():
            raise _Ended('memory')

    command = (sys.executable, '-m', 'oadp_mm.doctor.trial', str(config), images)
    with TemporaryDirectory() as folder:
        try:
            status = follow(command, {}, Path(folder) / 'log.txt', listen)
        except _Ended as error:
            return Tried(error.end, told)
    if status == 0:
        return Tried('done', told)
    return Tried('killed' if status == 128 + 9 else 'refused', told, last[0])


class _Ended(Exception):
    """By us."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


def _memory_is_short() -> bool:
    free = free_memory()
    total = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    return free is not None and free < _LEFT * total
