"""One progress display for many stages: bars with a time to go, or a plain line now and then.

How far a training has come is read from the lines mmengine's logger prints
(`Epoch(train) [3][10/40]`, `Iter(train) [ 40/240]`, `Iter(val) [10/25]`), so a stage is followed
the same way whichever OpenMMLab host runs it.
"""
from __future__ import annotations

import re
import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from oadp_mm.stages.stage import Stage

PLAIN_EVERY_SECONDS = 15.0
# Until this much work is done the expected times weigh more than the measured ones.
PRIOR_SECONDS = 30.0

_STEP = re.compile(
    r'(?:Epoch|Iter)\((train|val|test)\)\s*(?:\[\s*(\d+)\])?\[\s*(\d+)/\s*(\d+)\s*\]'
)
_LOSS = re.compile(r'\bloss: ([\d.]+|nan|inf)')


def share_done(line: str, epochs: int = 0, val_share: float = 0.0) -> float | None:
    """The share in [0, 1] of a training that a log line reports, None for any other line.

    Args:
        line: one line of an mmengine log.
        epochs: the length of a training that logs `[epoch][step/steps]`.
        val_share: the part of the whole that the validation at the end takes.
    """
    match = _STEP.search(line)
    if match is None:
        return None
    mode, epoch, step, steps = match[1], match[2], int(match[3]), int(match[4])
    share = step / steps
    if mode != 'train':
        return 1 - val_share + val_share * share
    if epoch is not None:
        share = (int(epoch) - 1 + share) / max(epochs, int(epoch))
    return (1 - val_share) * share


def spoken(seconds: float) -> str:
    """A duration as one says it: `8 s`, `1 min 05 s`, `12 min`."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f'{rest} s'
    return f'{minutes} min {rest:02d} s' if minutes < 10 else f'{minutes} min'


class Display:
    """Shows how far a list of stages has come.

    The time to go is the expected seconds of the work that is left, times how much slower or
    faster this machine has been than expected so far.

    Args:
        stages: all stages of the run, in order; their `seconds` are the weights.
        console: where to print; bars when it is a terminal, plain lines otherwise.
    """

    def __init__(self, stages: Sequence[Stage], console: Console) -> None:
        self.console = console
        self._stages = list(stages)
        self._kept = 0.0  # expected seconds of work skipped: neither done now nor left
        self._done = 0.0  # expected seconds of work done now
        self._share = 0.0  # of the current stage
        self._began = 0.0
        self._resumed = False
        self._current: Stage | None = None
        self._note = ''
        self._start = self._last_plain = time.monotonic()
        self._bars = Progress(
            TextColumn('{task.description}'),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn('{task.fields[note]}'),
            console=console,
            expand=True,
        )
        self._all = self._bars.add_task('whole demo', total=1.0, note='')
        self._one = self._bars.add_task('', total=1.0, note='', visible=False)

    def __enter__(self) -> Display:
        if self.console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.console.is_terminal:
            self._bars.stop()

    def skip(self, stage: Stage) -> None:
        """A stage that an earlier run finished."""
        self._kept += stage.seconds
        self.console.print(f'[dim]kept[/]  {stage.title}: done before')

    def begin(self, stage: Stage, resumed: bool = False) -> None:
        """A stage starts now."""
        self._current, self._share, self._note = stage, 0.0, ''
        self._began, self._resumed = time.monotonic(), resumed
        if not self.console.is_terminal or resumed:
            word = 'resume' if resumed else 'start'
            self.console.print(f'{word}  {stage.title} (about {spoken(stage.seconds)})',
                               soft_wrap=True)
        self._bars.reset(self._one, description=stage.title, visible=True, note='')
        self._refresh()

    def listen(self, line: str) -> None:
        """A line the current stage printed; '' for a moment of silence."""
        assert self._current is not None
        share = share_done(line, self._current.epochs, self._current.val_share)
        if share is not None:
            if self._resumed:  # what lies before the first step of a resumed training is not new
                self._kept += self._current.seconds * share
                self._done -= self._current.seconds * share
                self._resumed = False
            self._share = max(self._share, share)
            loss = _LOSS.search(line)
            self._note = f'loss {loss[1]}' if loss else 'evaluating'
        elif not self._current.resume:  # reports no steps: go by the clock
            elapsed = time.monotonic() - self._began
            self._share = min(0.95, elapsed / self._current.seconds)
        self._refresh()

    def end(self, seconds: float) -> None:
        """The current stage is finished."""
        assert self._current is not None
        self._done += self._current.seconds
        self.console.print(f'[green]done[/]  {self._current.title}: {spoken(seconds)}')
        self._current, self._share = None, 0.0
        self._bars.update(self._one, visible=False)
        self._refresh()

    def seconds_left(self, elapsed: float) -> float:
        """Seconds to go after `elapsed` seconds of this run."""
        done = self._done + (self._current.seconds * self._share if self._current else 0.0)
        left = sum(stage.seconds for stage in self._stages) - self._kept - done
        return left * (elapsed + PRIOR_SECONDS) / (done + PRIOR_SECONDS)

    def _refresh(self) -> None:
        now = time.monotonic()
        left = self.seconds_left(now - self._start)
        total = sum(stage.seconds for stage in self._stages)
        done = self._kept + self._done
        done += self._current.seconds * self._share if self._current else 0.0
        if self.console.is_terminal:
            self._bars.update(self._all, completed=done / total,
                              note=f'about {spoken(left)} to go')
            self._bars.update(self._one, completed=self._share, note=self._note)
        elif self._current and now - self._last_plain >= PLAIN_EVERY_SECONDS:
            self._last_plain = now
            self.console.print(
                f'{100 * done / total:3.0f} %  {self._current.title}: {100 * self._share:.0f} %'
                + (f', {self._note}' if self._note else '')
                + f'; {spoken(now - self._start)} so far, about {spoken(left)} to go',
                soft_wrap=True,
            )
