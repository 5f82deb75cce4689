"""What a piece of work takes, in a process of its own."""
from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Callable
from typing import NamedTuple


class Taken(NamedTuple):
    """Seconds of a core, whatever else the machine does, and MB at most beyond those at the start.

    Of all threads and processes that the work started; a mapped file counts once it is read.
    """

    seconds: float
    megabytes: float


def taken_by(work: Callable[[], object]) -> Taken:
    """Do it in a fork, whose peak of memory begins at what it holds when it starts.

    Raises:
        RuntimeError: the work failed, with a trace above.
    """
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context('fork').Process(target=_measure, args=(work, send))
    process.start()
    send.close()
    try:
        return receive.recv()
    except EOFError:
        raise RuntimeError('the work that was to be measured failed') from None
    finally:
        process.join()


def _measure(work: Callable[[], object], send) -> None:
    memory, start = _peak(), _seconds()
    work()
    send.send(Taken(_seconds() - start, (_peak() - memory) / 1e6))


def _seconds() -> float:
    return sum(os.times()[:4])


def _peak() -> int:
    """Bytes; the system counts in KiB."""
    return 1024 * max(resource.getrusage(who).ru_maxrss
                      for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
