"""The progress display of runs that do not depend on each other: one may fail, the others go on."""
from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from oadp_mm.stages.display import Display
from oadp_mm.stages.stage import Stage


class RunsDisplay(Display):
    """A :class:`Display` whose stages may fail."""

    def __init__(self, stages: Sequence[Stage], console: Console) -> None:
        super().__init__(stages, console)
        self._bars.update(self._all, description='all runs')

    def fail(self, stage: Stage, why: str) -> None:
        """The current stage ended badly: what it would still have taken is not to go."""
        self._done += stage.seconds * self._share
        self._kept += stage.seconds * (1 - self._share)
        self._current, self._share = None, 0.0
        self._bars.update(self._one, visible=False)
        self.console.print(f'[red]failed[/]  {stage.title}')
        self.console.print(why, markup=False, soft_wrap=True)
        self._refresh()
