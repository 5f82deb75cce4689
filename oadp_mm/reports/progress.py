"""How far one piece of work has come: a bar, or a plain line now and then, with the time to go."""
from __future__ import annotations

import time
from types import TracebackType

from rich import progress
from rich.console import Console

PLAIN_EVERY_SECONDS = 15.


class Progress:
    """Shows the progress of work that is counted in units of about the same time.

    Args:
        total: units.
        console: where to print; a bar when it is a terminal, plain lines otherwise.
    """

    def __init__(self, total: int, console: Console) -> None:
        self._console, self._title = console, ''
        self._said = time.monotonic()
        self._bar = progress.Progress(
            progress.TextColumn('{task.description}', markup=False), progress.BarColumn(),
            progress.TaskProgressColumn(), progress.TimeRemainingColumn(elapsed_when_finished=True),
            console=console, transient=True, disable=not console.is_terminal,
            speed_estimate_period=60)
        self._task = self._bar.add_task('', total=total)

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._bar.stop()

    def begin(self, title: str) -> None:
        """Another part starts."""
        self._title = title

    def advance(self, what: str, done: int) -> None:
        """So many units more are done, of what is called so."""
        self._bar.update(self._task, advance=done, description=f'{self._title}: {what}')
        now, task = time.monotonic(), self._bar.tasks[0]
        if self._bar.disable and now - self._said >= PLAIN_EVERY_SECONDS:
            self._said = now
            left = task.time_remaining
            self._console.print(
                f'{task.percentage:3.0f} %  {self._title}: {what}'
                + (f'; about {left:.0f} s to go' if left is not None else ''), markup=False,
                soft_wrap=True)

    def again(self, title: str) -> None:
        """Another part starts, which counts the same units anew."""
        self.begin(title)
        self._bar.reset(self._task)

    def reach(self, done: int) -> None:
        """All of the first units are done, some perhaps long before."""
        self._bar.update(self._task, completed=done)
