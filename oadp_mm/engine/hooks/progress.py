"""One line that says how far the run is and how long it will take."""
from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from datetime import timedelta
from logging import LogRecord
from typing import TextIO

import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.registry import HOOKS

_BAR = 24
_REDRAW = 0.1  # seconds between two lines on a terminal
_WIPE = '\r\x1b[K'
_LOOPS = {'train': 'train_loop', 'val': 'val_loop', 'test': 'test_loop'}


@HOOKS.register_module()
class ProgressHook(Hook):
    """Show a progress bar with the remaining time and the current loss.

    On a terminal the line is redrawn before an iteration, ten times a second at most, and wiped
    when something is logged, so that log lines start on an empty one. Elsewhere (files, batch jobs)
    a plain line is written before the first iteration, after it, and now and then. Only the main
    process writes.

    Args:
        interval: seconds between two lines where there is no terminal.
        stream: where to write; None is stderr.

    Raises:
        ValueError: `interval` is not positive.
    """

    def __init__(self, interval: float = 10.0, stream: TextIO | None = None) -> None:
        if interval <= 0:
            raise ValueError(f'interval must be a positive number of seconds, got {interval}')
        self.interval = interval
        self.stream = stream
        self._durations: dict[str, deque[float]] = {mode: deque(maxlen=50) for mode in _LOOPS}
        self._first: dict[str, list[float]] = {mode: [] for mode in _LOOPS}
        self._began = 0.0
        self._ended: float | None = None
        self._lines = 0  # where there is no terminal
        self._written = 0.0
        self._drawn = False
        self._loss: torch.Tensor | None = None

    def before_run(self, runner: Runner) -> None:
        runner.logger.addFilter(self._wipe)

    def after_run(self, runner: Runner) -> None:
        runner.logger.removeFilter(self._wipe)
        self._wipe()

    def _before_epoch(self, runner: Runner, mode: str = 'train') -> None:
        self._ended = None  # the first iteration of an epoch waits for the data workers

    _after_epoch = _before_epoch  # and a training that goes on after a validation waited for it

    def _before_iter(self, runner: Runner, batch_idx: int, data_batch=None,
                     mode: str = 'train') -> None:
        self._began = time.monotonic()
        stream = self.stream or sys.stderr
        if not is_main_process():
            return
        if not stream.isatty():
            if not self._lines:  # a first iteration may take minutes
                self._write(self._line(runner, mode, batch_idx))
        elif self._due(_REDRAW) or not self._drawn:
            self._drawn = True
            width = shutil.get_terminal_size().columns - 1
            stream.write(_WIPE + self._line(runner, mode, batch_idx)[:width])
            stream.flush()

    def _after_iter(self, runner: Runner, batch_idx: int, data_batch=None, outputs=None,
                    mode: str = 'train') -> None:
        now = time.monotonic()
        if self._ended is not None:
            self._durations[mode].append(now - self._ended)
        elif not self._first[mode]:  # slower than others, and the best there is after it
            self._first[mode].append(now - self._began)
        self._ended = now
        if mode == 'train' and outputs and 'loss' in outputs:
            # Read where a line shows it: on a GPU that waits for all that is queued.
            self._loss = torch.as_tensor(outputs['loss']).detach()
        elif mode != 'train' and batch_idx + 1 == len(getattr(runner, _LOOPS[mode]).dataloader):
            self._wipe()  # metrics print
        stream = self.stream or sys.stderr
        if is_main_process() and not stream.isatty() and (
                self._lines == 1 or self._due(self.interval)):
            self._write(self._line(runner, mode, batch_idx + 1))

    def _write(self, line: str) -> None:
        """A plain line."""
        stream = self.stream or sys.stderr
        stream.write(line + '\n')
        stream.flush()
        self._lines += 1
        self._written = time.monotonic()

    def _due(self, seconds: float) -> bool:
        """Whether it is so long since this was last true."""
        now = time.monotonic()
        due = now - self._written >= seconds
        if due:
            self._written = now
        return due

    def _wipe(self, record: LogRecord | None = None) -> bool:
        """Clear the terminal's line. As a filter of the logger: before each record, and keep it."""
        if self._drawn:
            self._drawn = False
            stream = self.stream or sys.stderr
            stream.write(_WIPE)
            stream.flush()  # log lines take another stream
        return True

    def _line(self, runner: Runner, mode: str, batch: int) -> str:
        """The line after `batch` finished iterations of the epoch."""
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
        loss = ''
        if mode == 'train' and self._loss is not None:
            loss = f'  loss {self._loss.item():.4g}'
        if mode == 'train' and (health := runner.message_hub.get_info('health', '')):
            loss += f'  {health}'  # of CollapseHook
        return (f'{mode}{epoch} [{"#" * filled}{"." * (_BAR - filled)}] {done}/{total}{loss}'
                f'  eta {self._eta(mode, total - done)}')

    def _eta(self, mode: str, left: int) -> str:
        durations = self._durations[mode] or self._first[mode]
        if not durations:
            return '?'
        return str(timedelta(seconds=round(left * sum(durations) / len(durations))))
