"""`oadp-mm compare`: pretrain methods on the same images and budget, and probe what they learned.

Every method and seed is a process of its own with its output in `WORK_DIR/METHOD/seedK/log.txt`. A
second call keeps what is finished, resumes what is not, and tries again what failed.
"""
from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Sequence
from pathlib import Path

HELP = 'pretrain methods on the same images and budget, and compare k-NN and linear accuracy'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--data', required=True, type=Path, metavar='ROOT',
                        help='folder with train.txt and test.txt (lines "path label"), or with '
                        'train/CLASS/ and test/CLASS/; pretraining sees the train images alone')
    parser.add_argument('--methods', required=True, metavar='NAME[=CFG],...',
                        help='such as oadp,byol,regioncl-m,scd-byol or mine=path/to/config.py')
    parser.add_argument('--epochs', type=int, default=20, help='of each run (%(default)s)')
    parser.add_argument('--seeds', type=int, default=2, help='runs of a method (%(default)s)')
    parser.add_argument('--size', type=int, default=96, metavar='PX',
                        help="side of the probes' images; views are as large as the configs say "
                        '(%(default)s)')
    parser.add_argument('--batch', type=int, default=64,
                        help="images a step; learning rates stay the configs' (%(default)s)")
    parser.add_argument('--workers', type=int, default=1,
                        help='processes that load images (%(default)s)')
    parser.add_argument('--label-column', type=int, default=-1, metavar='N',
                        help='which number after the path is the label, from 0; -1: the last')
    parser.add_argument('--no-floor', action='store_true', help='leave out the untrained backbone')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/compare'), metavar='DIR',
                        help='where everything goes (%(default)s)')


def run(args: argparse.Namespace) -> int:
    _check(args)
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.comparison.plan import Job, parse_methods, plan
    from oadp_mm.probes.labelled_images import read_labelled_images
    from oadp_mm.stages.stage import stage_key
    from oadp_mm.stages.work_dir import alone_in, terminate_as_interrupt

    methods = parse_methods(args.methods)
    data = read_labelled_images(args.data, args.label_column)
    train, test = len(data.train.paths), len(data.test.paths)
    if train < args.batch:
        raise ValueError(f'{args.data} has {train} train images, fewer than --batch {args.batch}: '
                         'lower --batch')
    settings = dict(train=train, test=test, classes=len(set(data.train.labels)),
                    epochs=args.epochs, batch=args.batch, size=args.size)
    console, work_dir = Console(highlight=False), args.work_dir.resolve()
    with alone_in(work_dir, 'compare'), terminate_as_interrupt():
        template = Job(str(args.data.resolve()), args.label_column, args.size, args.epochs,
                       args.batch, args.workers)
        runs = plan(methods, template, args.seeds, work_dir, (train, test),
                    stage_key(data.train.paths, data.train.labels, data.test.paths,
                              data.test.labels), not args.no_floor)
        try:
            run_all(runs, work_dir, console)
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here.')
            return 130
        return _report(runs, settings, _command(args), work_dir, console)


def run_all(runs: Sequence, work_dir: Path, console) -> None:
    """Run what is not finished, in order, under one progress display; a failure stops no other."""
    from oadp_mm.stages.runs_display import RunsDisplay
    from oadp_mm.stages.stage import StageFailed, can_resume, is_finished, run_stage

    display = RunsDisplay([run.stage for run in runs], console)
    with display:
        for stage in (run.stage for run in runs):
            if is_finished(stage, work_dir):
                display.skip(stage)
                continue
            display.begin(stage, resumed=can_resume(stage, work_dir))
            try:
                display.end(run_stage(stage, work_dir, display.listen))
            except StageFailed as error:
                display.fail(stage, str(error))


def _report(runs: Sequence, settings: dict, command: str, work_dir: Path, console) -> int:
    """Print and write the figures of the runs that finished; the exit status."""
    from rich.table import Table

    from oadp_mm.comparison import figures as comparison
    from oadp_mm.comparison.plan import RESULT
    from oadp_mm.stages.stage import is_finished, write_atomically

    outcomes: dict[str, dict[int, comparison.Outcome | None]] = {}
    for run in runs:
        finished = is_finished(run.stage, work_dir)
        outcomes.setdefault(run.method, {})[run.seed] = comparison.Outcome(
            **json.loads((work_dir / run.stage.name / RESULT).read_text())) if finished else None
    pages = {
        'comparison.md': comparison.as_markdown(outcomes, settings, command),
        'comparison.json': json.dumps(
            comparison.as_json(outcomes, settings, command), indent=1) + '\n',
    }
    figures = comparison.figures_table(outcomes)
    table = Table(title=f'{settings["train"]} images, {comparison.budget(settings)}',
                  title_justify='left', caption='accuracies: mean ± deviation over seeds')
    for number, name in enumerate(figures.header):
        table.add_column(name, justify='right' if number else 'left')
    for row in figures.rows:
        table.add_row(*row)
    console.print(table)
    for name, text in pages.items():
        write_atomically(work_dir / name, text)
        console.print(f'{work_dir / name}', markup=False, soft_wrap=True)
    failed = comparison.failed_runs(outcomes)
    if failed:
        console.print(f'oadp-mm: error: {len(failed)} of {len(runs)} runs failed '
                      f'({"; ".join(failed)}): the same command tries them again', markup=False,
                      soft_wrap=True)
    return 1 if failed else 0


def _command(args: argparse.Namespace) -> str:
    """The command with all that it does not leave to a default, as one types it."""
    words = ['oadp-mm', 'compare', '--data', str(args.data), '--methods', args.methods]
    for name in ('epochs', 'seeds', 'size', 'batch', 'workers'):
        words += [f'--{name}', str(getattr(args, name))]
    if args.label_column != -1:
        words += ['--label-column', str(args.label_column)]
    return shlex.join([*words, *(['--no-floor'] if args.no_floor else [])])


def _check(args: argparse.Namespace) -> None:
    for name, least in (('epochs', 1), ('seeds', 1), ('size', 32), ('batch', 2), ('workers', 0)):
        if getattr(args, name) < least:
            raise ValueError(f'--{name} must be {least} or more, got {getattr(args, name)}')
