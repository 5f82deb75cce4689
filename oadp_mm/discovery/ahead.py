"""Work that threads do while its results are used."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

A = TypeVar('A')
B = TypeVar('B')


def ahead(work: Callable[[A], B], items: Iterable[A], threads: int) -> Generator[B, None, None]:
    """What `work` returns of each item, in their order.

    Threads suffice: decoding, resizing and matrix products leave Python alone.

    Args:
        work: may raise, which ends this where its result would come.
        items: taken as they are needed, twice as many as threads ahead of what is used.
        threads: 1 or more.
    """
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def in_batches(items: Iterable[A], size: int) -> Iterator[list[A]]:
    """So many at a time; the last may be fewer."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
