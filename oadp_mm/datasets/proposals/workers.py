"""Processes that propose, each for some images at a time, and that end when their parent does."""
from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from oadp_mm.datasets.absent_storage import patiently
from oadp_mm.datasets.decoding import SixteenBit, UnreadableImage, to_eight_bits
from oadp_mm.datasets.image_files import read_image
from oadp_mm.datasets.proposals.engine import Engine


class Found(NamedTuple):
    """Of one image.

    Args:
        size: height and width in pixels, 0 of an image that cannot be read.
        boxes: int32 (k, 4).
        bits: of the brightest pixel of a 16-bit image, otherwise 0.
    """

    size: tuple[int, int]
    boxes: np.ndarray
    bits: int = 0


def generator_of(seed: int, name: str) -> np.random.Generator:
    """An image's own: what it draws depends on no other image."""
    digest = hashlib.sha256(f'{seed}/{name}'.encode('utf-8', 'surrogateescape')).digest()
    return np.random.default_rng(list(digest))


def propose(folder: Path, name: str, engine: Engine, seed: int,
            sixteen_bit: SixteenBit = 'range') -> Found:
    """The proposals of a file; none of one that cannot be read, which a training replaces, too.

    Raises:
        OSError: the storage of the images did not come back.
    """
    try:
        image = patiently(lambda: read_image(folder / name, sixteen_bit=None), [folder])
    except UnreadableImage:
        return Found((0, 0), np.zeros((0, 4), np.int32))
    bits = 0
    if image.dtype == np.uint16:
        bits, image = int(image.max()).bit_length(), to_eight_bits(image, sixteen_bit)
    return Found(image.shape[:2], engine.propose(image, generator_of(seed, name)), bits)


@contextmanager
def workers(folder: Path, engine: Engine, seed: int, sixteen_bit: SixteenBit, processes: int,
            ) -> Iterator[Callable[[Sequence[str]], Future[list[Found]]]]:
    """What hands names of images to processes, which are gone afterwards.

    Raises:
        OSError: a process was killed, or the storage of the images did not come back.
    """
    engine.propose(np.zeros((8, 8, 3), np.uint8), np.random.default_rng(0))  # compiled once
    context = multiprocessing.get_context('fork')  # nothing is imported or compiled again
    over = context.Event()
    pool = ProcessPoolExecutor(processes, context, _begin, (os.getpid(), over))
    try:
        yield lambda names: pool.submit(_some, folder, list(names), engine, seed, sixteen_bit)
    except BrokenProcessPool as error:
        raise OSError('a process that made proposals was killed, as systems do that run out of '
                      'memory: start the same command again, which goes on, with fewer '
                      '--processes or a --long-side') from error
    except _AwayError as error:
        raise OSError(str(error)) from error
    finally:
        over.set()
        pool.shutdown(cancel_futures=True)


_over: Event  # of a worker: whether nobody waits for it any more


class _AwayError(Exception):
    """An OSError's sentence, raised anew where it is no error of another process."""


def _begin(parent: int, over: Event) -> None:
    global _over
    _over = over
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A parent that was killed could not end us."""
    while os.getppid() == parent:
        time.sleep(.5)
    os._exit(1)


def _some(folder: Path, names: Sequence[str], *how: Any) -> list[Found]:
    try:
        return [propose(folder, name, *how) for name in names if not _over.is_set()]
    except OSError as error:
        raise _AwayError(str(error)) from None
