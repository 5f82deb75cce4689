"""`oadp-mm demo`: OADP end to end on composed scenes, from nothing to a report, in minutes.

Every stage is a command one could type, run as a process of its own with all its output in
`WORK_DIR/<stage>/log.txt`. A second call skips what is finished and resumes what is not.
"""
from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from oadp_mm.stages.work_dir import alone_in, terminate_as_interrupt

HELP = 'pretrain, fine-tune a detector and a segmenter, and write a report, in minutes on a CPU'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--quick', action='store_true', help='shorter schedules: under 5 minutes')
    parser.add_argument('--clean', action='store_true', help='throw away what earlier runs left')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/demo'), metavar='DIR',
                        help='where everything goes (%(default)s)')
    parser.add_argument('--seed', type=int, default=0, help='of all stages (%(default)s)')


def run(args: argparse.Namespace) -> int:
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.demo.plan import FULL, QUICK, plan
    from oadp_mm.stages.stage import StageFailed

    if args.seed < 0:
        raise ValueError(f'--seed must be 0 or more, got {args.seed}')
    work_dir = args.work_dir.resolve()
    console = Console(highlight=False)
    with alone_in(work_dir, 'demo'), terminate_as_interrupt():
        if args.clean:
            _clean(work_dir)
        stages = plan(work_dir, QUICK if args.quick else FULL, args.seed)
        try:
            run_all(stages, work_dir, console)
        except StageFailed as error:
            console.print(f'oadp-mm: error: {error}', markup=False, soft_wrap=True)
            return 1
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here; --clean starts anew.')
            return 130
        _show_figures(work_dir, console)
    return 0


def run_all(stages: list, work_dir: Path, console) -> None:
    """Run the stages that are not finished, in order, under one progress display.

    Raises:
        StageFailed: when one fails; those after it are not begun.
    """
    from oadp_mm.stages.display import Display
    from oadp_mm.stages.stage import can_resume, is_finished, run_stage

    with Display(stages, console) as display:
        for stage in stages:
            if is_finished(stage, work_dir):
                display.skip(stage)
                continue
            display.begin(stage, resumed=can_resume(stage, work_dir))
            display.end(run_stage(stage, work_dir, display.listen))


def _show_figures(work_dir: Path, console) -> None:
    from rich.table import Table

    from oadp_mm.demo.figures import METRICS, read_figures

    table = Table(title='Small data, one seed: that the chain works, not how good the method is',
                  title_justify='left', caption='percent, on unseen test scenes')
    table.add_column('start')
    for name in METRICS:
        table.add_column(name, justify='right')
    *rows, difference = read_figures(work_dir).rows()
    for row in rows:
        table.add_row(*row)
    table.add_section()
    table.add_row(*difference)
    console.print(table)
    console.print(f'report: {work_dir / "report.html"}', markup=False, soft_wrap=True)


def _clean(work_dir: Path) -> None:
    """Remove what the demo made, and nothing else that may lie in the folder."""
    from oadp_mm.demo.plan import STAGES

    for name in STAGES:
        shutil.rmtree(work_dir / name, ignore_errors=True)
    (work_dir / 'report.html').unlink(missing_ok=True)
