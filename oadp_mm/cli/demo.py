"""`oadp-mm demo`: the journey on the nuclei, from nothing to a report, in minutes.

Every stage is a command of this program that one could type, run as a process of its own with all
its output in `WORK_DIR/<stage>/log.txt`. A second call skips what is finished and resumes what is
not.
"""
from __future__ import annotations

import argparse
from pathlib import Path

HELP = 'pretrain, probe, fine-tune a detector and a segmenter, report: in minutes on a CPU'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--quick', action='store_true', help='shorter schedules: under 5 minutes')
    parser.add_argument('--clean', action='store_true', help='throw away what earlier runs left')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/demo'), metavar='DIR',
                        help='where everything goes (%(default)s)')
    parser.add_argument('--seed', type=int, default=0, help='of the pretraining (%(default)s)')


def run(args: argparse.Namespace) -> int:
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.demo import plan
    from oadp_mm.files.lock import hold
    from oadp_mm.stages.interrupts import end_as_interrupt
    from oadp_mm.stages.run_all import run_all
    from oadp_mm.stages.stage import StageFailed

    if args.seed < 0:
        raise ValueError(f'--seed must be 0 or more, got {args.seed}')
    work_dir = args.work_dir.resolve()
    console = Console(highlight=False)
    with hold(work_dir, 'demo'), end_as_interrupt():
        if args.clean:
            plan.clean(work_dir)
        stages = plan.plan(work_dir, plan.QUICK if args.quick else plan.FULL, args.seed)
        try:
            run_all(stages, work_dir, console, title='whole demo', independent=False)
        except StageFailed as error:
            console.print(f'oadp-mm: error: {error}', markup=False, soft_wrap=True)
            return 1
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here; --clean starts anew.')
            return 130
        _show_figures(work_dir, console)
    return 0


def _show_figures(work_dir: Path, console) -> None:
    import json

    from oadp_mm.demo.plan import TUNED
    from oadp_mm.journey.outcomes import sentences, tables
    from oadp_mm.reports.probe_tables import standing
    from oadp_mm.reports.tables import terminal_table

    contents = [json.loads((work_dir / name / 'finetune.json').read_text()) for name in TUNED]
    for content in contents:
        for model, table in tables(content).items():
            console.print(terminal_table(table, f'{model}, {content["data"]["test"]} test images',
                                         'per cent ± deviation over seeds; 95 % intervals'))
    probed = json.loads((work_dir / 'probe/probe.json').read_text())
    for sentence in [*standing(probed), *(each for one in contents for each in sentences(one))]:
        console.print(sentence, markup=False, soft_wrap=True)
    console.print(f'report: {work_dir / "report.html"}', markup=False, soft_wrap=True)
