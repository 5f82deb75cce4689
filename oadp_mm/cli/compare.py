"""`oadp-mm compare`: pretrain methods on the same images and budget, and probe what they learned.

Every method and seed is a process of its own with its output in `WORK_DIR/METHOD/seedK/log.txt`. A
second call keeps what is finished, resumes what is not, and tries again what failed.
"""
from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from oadp_mm.files.shown import shown

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

    from oadp_mm.comparison import plan
    from oadp_mm.comparison.methods import parse_methods
    from oadp_mm.files.lock import hold
    from oadp_mm.probes.labelled_images import read_labelled_images
    from oadp_mm.stages.interrupts import end_as_interrupt
    from oadp_mm.stages.run_all import run_all
    from oadp_mm.stages.stage import stage_key

    methods = parse_methods(args.methods)
    data = read_labelled_images(args.data, args.label_column)
    train, test = len(data.train.paths), len(data.test.paths)
    if train < args.batch:
        raise ValueError(f'{args.data} has {train} train images, fewer than --batch {args.batch}: '
                         'lower --batch')
    settings = dict(train=train, test=test, classes=len(set(data.train.labels)),
                    epochs=args.epochs, batch=args.batch, size=args.size)
    console, work_dir = Console(highlight=False), args.work_dir.resolve()
    if data.left_out:
        console.print(f'files left out: {data.left_out}')
    with hold(work_dir, 'compare'), end_as_interrupt():
        template = plan.Job(str(args.data.resolve()), args.label_column, args.size, args.epochs,
                            args.batch, args.workers)
        runs = plan.plan(methods, template, args.seeds, work_dir, (train, test),
                         stage_key(data.train.paths, data.train.labels, data.test.paths,
                                   data.test.labels), not args.no_floor)
        try:
            run_all([run.stage for run in runs], work_dir, console, title='all runs',
                    independent=True)
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here.')
            return 130
        return _report(runs, settings, _command(args), work_dir, console)


def _report(runs: Sequence, settings: dict, command: str, work_dir: Path, console) -> int:
    """Print and write the figures of the runs that finished; the exit status."""
    from oadp_mm.comparison.figures import failed_runs, figures_table
    from oadp_mm.comparison.report import budget, read_outcomes, write_report
    from oadp_mm.reports.tables import terminal_table

    outcomes = read_outcomes(runs, work_dir)
    console.print(terminal_table(
        figures_table(outcomes), f'{settings["train"]} images, {budget(settings)}',
        'accuracies: mean ± deviation over seeds'))
    for path in write_report(work_dir, outcomes, settings, command):
        console.print(shown(path), markup=False, soft_wrap=True)
    failed = failed_runs(outcomes)
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
    return shown(shlex.join([*words, *(['--no-floor'] if args.no_floor else [])]))


def _check(args: argparse.Namespace) -> None:
    for name, least in (('epochs', 1), ('seeds', 1), ('size', 32), ('batch', 2), ('workers', 0)):
        if getattr(args, name) < least:
            raise ValueError(f'--{name} must be {least} or more, got {getattr(args, name)}')
