"""Signs of life of the processes of a training, so that one that waits can say for whom."""
from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence

from torch.distributed import Store

#: Between two signs, and until somebody is missed: machines that swap are late.
BEAT_SECONDS, MISSED_SECONDS = 3.0, 30.0
# What gloo, NCCL and their store say of a peer that does not answer, or that is gone.
_WAITED = re.compile(r'timed? ?out|closed by peer|connection reset|pair closure', re.IGNORECASE)


def has_waited(error: Exception) -> bool:
    """Whether an operation of several processes failed for want of another process."""
    return (isinstance(error, RuntimeError) and bool(_WAITED.search(str(error)))
            and 'DataLoader' not in str(error))  # its workers may be waited for, too


class RollCall:
    """While it is open, a thread gives signs in a store that all processes share, and listens.

    It says who has been silent for `MISSED_SECONDS`, once each: process 0 of the others, process 1
    of process 0. NCCL ends a process that has waited too long without leaving it a word.

    Args:
        store: of the processes; no other keys of it are touched than those below 'oadp_mm/'.
        rank: of this process.
        processes: how many there are.
        say: is given the sentence.
    """

    def __init__(self, store: Store, rank: int, processes: int,
                 say: Callable[[str], None]) -> None:
        self._store, self._rank, self._say = store, rank, say
        self._others = [other for other in range(processes) if other != rank]
        self._loud_of = self._others if rank == 0 else [0] if rank == 1 else []
        self._signs = 0
        self._heard: dict[int, tuple[bytes, float]] = {}
        self._round = time.monotonic()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._live, name='roll call', daemon=True)

    def __enter__(self) -> RollCall:
        now = time.monotonic()
        self._heard = dict.fromkeys(self._others, (b'', now))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join(BEAT_SECONDS)

    def silent(self, seconds: float) -> list[int]:
        """Who gave no sign for so long; process 0 if the store that it keeps does not answer."""
        now = time.monotonic()
        if now - self._round > seconds:
            return [0]
        return [other for other, (_, when) in self._heard.items() if now - when > seconds]

    def missing(self) -> list[int]:
        """Who is silent now, or will be in a moment."""
        for _ in range(4):
            if found := self.silent(2.5 * BEAT_SECONDS):
                return found
            time.sleep(BEAT_SECONDS)
        return []

    def _live(self) -> None:
        told: set[int] = set()
        try:
            while not self._closed.wait(BEAT_SECONDS):
                self._call()
                missed = set(self.silent(MISSED_SECONDS)).intersection(self._loud_of) - told
                if missed:
                    self._say(f'{named(sorted(missed))} gave no sign of life for '
                              f'{MISSED_SECONDS:g} s: the others wait')
                told |= missed
        except RuntimeError:
            return  # the store is gone, with whoever kept it

    def _call(self) -> None:
        self._signs += 1
        self._store.set(_key(self._rank), str(self._signs))
        for other in self._others:
            if self._heard[other][0] or self._store.check([_key(other)]):
                said = self._store.get(_key(other))
                if said != self._heard[other][0]:
                    self._heard[other] = said, time.monotonic()
        self._round = time.monotonic()


def _key(rank: int) -> str:
    return f'oadp_mm/{rank}'


def named(ranks: Sequence[int]) -> str:
    """'process 1', 'processes 1, 2, 3, 4, 5 and 3 more'."""
    listed, rest = ', '.join(map(str, ranks[:5])), len(ranks) - 5
    more = f' and {rest} more' if rest > 0 else ''
    return f'process{"es" * (len(ranks) > 1)} {listed}{more}'
