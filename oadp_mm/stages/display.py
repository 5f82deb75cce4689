"""One progress display for many stages: bars with a time to go, or a plain line now and then."""
from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from oadp_mm.stages.log_lines import share_done, told_in
from oadp_mm.stages.outlook import Outlook
from oadp_mm.stages.stage import Stage, StageFailed

PLAIN_EVERY_SECONDS = 15.0


def spoken(seconds: float) -> str:
    """A duration as one says it: `8 s`, `1 min 05 s`, `12 min`."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f'{rest} s'
    return f'{minutes} min {rest:02d} s' if minutes < 10 else f'{minutes} min'


class Display:
    """Shows how far a list of stages has come.

    Args:
        stages: all stages of the run, in order.
        console: where to print; bars when it is a terminal, plain lines otherwise.
        title: of all stages together.
    """

    def __init__(self, stages: Sequence[Stage], console: Console, title: str) -> None:
        self.console = console
        self._outlook = Outlook(stages)
        self._note, self._reports = '', False
        self._start = self._began = self._last_plain = time.monotonic()
        self._bars = Progress(
            TextColumn('{task.description}'),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn('{task.fields[note]}'),
            console=console,
            expand=True,
        )
        self._all = self._bars.add_task(title, total=1.0, note='')
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
        self._outlook.skip(stage)
        self.console.print(f'[dim]kept[/]  {stage.title}: done before')

    def begin(self, stage: Stage, resumed: bool = False) -> None:
        """A stage starts now."""
        self._outlook.begin(stage, resumed)
        self._note, self._reports, self._began = '', False, time.monotonic()
        if not self.console.is_terminal or resumed:
            word = 'resume' if resumed else 'start'
            self.console.print(f'{word}  {stage.title} (about {spoken(stage.seconds)})',
                               soft_wrap=True)
        self._bars.reset(self._one, description=stage.title, visible=True, note='')
        self._refresh()

    def listen(self, line: str) -> None:
        """A line the current stage printed; '' for a moment of silence."""
        stage = self._outlook.stage
        assert stage is not None
        share = share_done(line, stage.epochs, stage.val_share)
        if share is not None:
            self._reports = True
            self._outlook.reach(share)
            self._note = told_in(line)
        elif not (stage.resume or self._reports):  # no steps so far: go by the clock
            self._outlook.reach(min(0.95, (time.monotonic() - self._began) / stage.seconds))
        self._refresh()

    def end(self, stage: Stage, seconds: float) -> None:
        """The current stage is finished."""
        self._outlook.end()
        self.console.print(f'[green]done[/]  {stage.title}: {spoken(seconds)}')
        self._close()

    def fail(self, stage: Stage, error: StageFailed) -> None:
        """The current stage ended badly, and others go on."""
        self._outlook.end(failed=True)
        self.console.print(f'[red]failed[/]  {stage.title}')
        self.console.print(str(error), markup=False, soft_wrap=True)
        self._close()

    def _close(self) -> None:
        self._bars.update(self._one, visible=False)
        self._refresh()

    def _refresh(self) -> None:
        now, outlook = time.monotonic(), self._outlook
        left = spoken(outlook.seconds_left(now - self._start))
        if self.console.is_terminal:
            self._bars.update(self._all, completed=outlook.finished, note=f'about {left} to go')
            self._bars.update(self._one, completed=outlook.share, note=self._note)
        elif outlook.stage and now - self._last_plain >= PLAIN_EVERY_SECONDS:
            self._last_plain = now
            self.console.print(
                f'{100 * outlook.finished:3.0f} %  {outlook.stage.title}: '
                f'{100 * outlook.share:.0f} %' + (f', {self._note}' if self._note else '')
                + f'; {spoken(now - self._start)} so far, about {left} to go', soft_wrap=True)
