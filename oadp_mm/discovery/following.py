"""How those who wait hear of long work."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from rich.console import Console

from oadp_mm.reports.progress import Progress

#: Of what is done, of how many, and how many were done before: a context that is told of each more.
Follow = Callable[[str, int, int], AbstractContextManager[Callable[[int], None]]]


@contextmanager
def silently(what: str, total: int, done: int) -> Iterator[Callable[[int], None]]:
    """Nobody hears."""
    yield lambda more: None


@contextmanager
def on_terminal(what: str, total: int, done: int) -> Iterator[Callable[[int], None]]:
    """A bar, or lines now and then, with the time to go, on the error stream."""
    with Progress(total, Console(stderr=True)) as progress:
        progress.begin(what)
        progress.reach(done)
        yield partial(progress.advance, f'{total} in all')
