"""Running a list of stages, as far as they are not finished."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from oadp_mm.stages.display import Display
from oadp_mm.stages.stage import Stage, StageFailed, can_resume, is_finished, run_stage


def run_all(stages: Sequence[Stage], work_dir: Path, console: Console, *, title: str,
            independent: bool, after: Callable[[Stage], object] = lambda stage: None) -> None:
    """Run what is not finished, in order, under one progress display.

    Args:
        stages: what to run.
        work_dir: the folder of all stages.
        console: where to show how far they are.
        title: of all stages together.
        independent: whether a failure is shown and the others go on; else it ends the run.
        after: called with each stage that ended well, to tell of what is there so far.

    Raises:
        StageFailed: when a stage fails that others depend on; those after it are not begun.
    """
    with Display(stages, console, title) as display:
        for stage in stages:
            if is_finished(stage, work_dir):
                display.skip(stage)
                continue
            display.begin(stage, resumed=can_resume(stage, work_dir))
            try:
                display.end(stage, run_stage(stage, work_dir, display.listen))
            except StageFailed as error:
                if not independent:
                    raise
                display.fail(stage, error)
            else:
                after(stage)
