"""One line that says how far the run is and how long it will take."""
from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from datetime import timedelta
from typing import TextIO

import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner

from ...registry import HOOKS

_BAR = 24
_LOOPS = {'train': 'train_loop', 'val': 'val_loop', 'test': 'test_loop'}


@HOOKS.register_module()
class ProgressHook(Hook):
    """Show a progress bar with the remaining time and the current loss.

    On a terminal the line is redrawn before each iteration and wiped after it, so that log lines
    start on an empty one. Elsewhere (files, batch jobs) a plain line is written now and then.
    Only the main process writes.

    Args:
        interval: seconds between two lines where there is no terminal.
        stream: where to write; None is stderr.

    Raises:
        ValueError: ``interval`` is not positive.
    """

    priority = 'NORMAL'  # before LoggerHook, which writes its lines after an iteration

    def __init__(self, interval: float = 10.0, stream: TextIO | None = None) -> None:
        if interval <= 0:
            raise ValueError(f'interval must be a positive number of seconds, got {interval}')
        self.interval = interval
        self.stream = stream
        self._durations: dict[str, deque[float]] = {mode: deque(maxlen=50) for mode in _LOOPS}
        self._ended: float | None = None
        self._written = time.monotonic()
        self._loss = ''

    def _before_epoch(self, runner: Runner, mode: str = 'train') -> None:
        self._ended = None  # the first iteration of an epoch waits for the data workers

    _after_epoch = _before_epoch  # and a training that goes on after a validation waited for it

    def _before_iter(self, runner: Runner, batch_idx: int, data_batch=None,
                     mode: str = 'train') -> None:
        stream = self.stream or sys.stderr
        if is_main_process() and stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            stream.write('\r' + self._line(runner, mode, batch_idx)[:width])
            stream.flush()

    def _after_iter(self, runner: Runner, batch_idx: int, data_batch=None, outputs=None,
                    mode: str = 'train') -> None:
        now = time.monotonic()
        if self._ended is not None:
            self._durations[mode].append(now - self._ended)
        self._ended = now
        stream = self.stream or sys.stderr
        if not is_main_process():
            return
        if mode == 'train' and outputs and 'loss' in outputs:
            self._loss = f'  loss {torch.as_tensor(outputs["loss"]).item():.4g}'
        if stream.isatty():
            stream.write('\r\x1b[K')
            stream.flush()  # log lines take another stream
        elif now - self._written >= self.interval:
            self._written = now
            stream.write(self._line(runner, mode, batch_idx + 1) + '\n')
            stream.flush()

    def _line(self, runner: Runner, mode: str, batch: int) -> str:
        """The line after ``batch`` finished iterations of the epoch."""
        loop = getattr(runner, _LOOPS[mode])
        epoch = ''
        if mode != 'train':
            done, total = batch, len(loop.dataloader)
        elif isinstance(loop, EpochBasedTrainLoop):
            done, total = loop.epoch * len(loop.dataloader) + batch, loop.max_iters
            epoch = f' epoch {loop.epoch + 1}/{loop.max_epochs}'
        else:
            done, total = batch, loop.max_iters
        filled = _BAR * done // total
        return (f'{mode}{epoch} [{"#" * filled}{"." * (_BAR - filled)}] {done}/{total}'
                f'{self._loss if mode == "train" else ""}  eta {self._eta(mode, total - done)}')

    def _eta(self, mode: str, left: int) -> str:
        durations = self._durations[mode]
        if not durations:
            return '?'
        return str(timedelta(seconds=round(left * sum(durations) / len(durations))))
