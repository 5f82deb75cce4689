"""`oadp-mm compare`: pretrain methods on the same images and budget, and probe what they learned.

Every method and seed is an `oadp-mm pretrain` in a process of its own, with its output in
`WORK_DIR/METHOD/seedK/log.txt`; then one `oadp-mm probe` looks at all of them. A second call keeps
what is finished, goes on with what is not, and tries again what failed.
"""
from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oadp_mm.cli.backbone_options import add_backbone_options, check_backbone_options
from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    from oadp_mm.journey.asked import Asked
    from oadp_mm.journey.comparing import Run
    from oadp_mm.stages.stage import Stage

HELP = 'pretrain methods on the same images and budget, and compare what they have learned'
EXAMPLE = """
examples:
  oadp-mm compare --data nuclei --methods oadp,byol --epochs 60 --seeds 2 --size 112 \\
      --last-stride 1 --width 16
  oadp-mm compare --data path/to/folders --methods oadp,byol,regioncl-m,scd-byol --epochs 20

DATA is what oadp-mm probe takes; pretraining sees its train images alone, and no labels. METHODs,
and what follows by rules from length and batch, are those of oadp-mm pretrain. Views, backbone,
epochs and batch are the same for all; see that the table's deviations over seeds are smaller than
its differences before you believe these.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('--data', required=True, nargs='+', metavar='DATA',
                        help='labelled images, see oadp-mm probe; two jsons are train and test')
    parser.add_argument('--methods', required=True, metavar='NAME,...',
                        help='such as oadp,byol,regioncl-m,scd-byol')
    add_backbone_options(parser, 'resnet18')
    parser.add_argument('--epochs', type=int, default=20, metavar='N', help='(%(default)s)')
    parser.add_argument('--seeds', type=int, default=2, metavar='N',
                        help='runs of a method (%(default)s)')
    parser.add_argument('--size', type=int, default=96, metavar='PX',
                        help="side of the views, and, to whole cells of the last map, shorter side "
                        "of the probe's images (%(default)s)")
    parser.add_argument('--batch', type=int, default=64, metavar='N',
                        help='images a step (%(default)s)')
    parser.add_argument('--augment', choices=('paper', 'mild'), default='paper',
                        help="views: each method's own, or mild ones for all (%(default)s)")
    parser.add_argument('--families', default='image,region,dense', metavar='NAME,...',
                        help='of figures, as far as DATA has the labels (%(default)s)')
    parser.add_argument('--images', type=int, default=5000, metavar='N',
                        help='that are probed, of train and of test at most (%(default)s)')
    parser.add_argument('--workers', type=int, default=1, metavar='N',
                        help='processes that load images (%(default)s)')
    parser.add_argument('--no-floor', action='store_true', help='leave out the untrained backbone')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/compare'), metavar='DIR',
                        help='where everything goes (%(default)s)')


def run(args: argparse.Namespace) -> int:
    _check(args)
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.files.lock import hold
    from oadp_mm.journey.asked import Asked
    from oadp_mm.journey.comparing import (
        IMAGES,
        link_images,
        parse_methods,
        pretraining_runs,
        stages_before,
    )
    from oadp_mm.journey.images import look_at
    from oadp_mm.journey.pretraining import plan_pretraining
    from oadp_mm.journey.schedule import least_box_side
    from oadp_mm.probes.probe import plan
    from oadp_mm.probes.read_data import read_data
    from oadp_mm.stages.interrupts import end_as_interrupt
    from oadp_mm.stages.run_all import run_all

    methods = parse_methods(args.methods)
    data = read_data(args.data)
    plan(data, args.families.split(','))  # what cannot be probed is said first
    train = len(data.train.paths)
    if train < args.batch:
        raise ValueError(f'{data.name} has {train} train images, fewer than --batch {args.batch}: '
                         'lower --batch')
    console, work_dir = Console(highlight=False), args.work_dir.resolve()
    template = Asked(str(work_dir / IMAGES), **{name: getattr(args, name) for name in (
        'backbone', 'width', 'last_stride', 'epochs', 'size', 'batch', 'augment')})
    for method in methods:
        plan_pretraining(replace(template, method=method), train, {}, args.workers)
    with hold(work_dir, 'compare'), end_as_interrupt():
        link_images(data.train.paths, work_dir / IMAGES)
        content = data.digest()
        runs = pretraining_runs(methods, template, args.seeds, work_dir, train, content,
                                args.workers)
        try:
            side = least_box_side(look_at(template.folder).sides)
            before = stages_before(methods, template, work_dir, train, content, args.workers, side)
            run_all([*before, *(run.stage for run in runs)], work_dir, console,
                    title='all pretrainings', independent=True)
            probe = _probe(runs, template, args, work_dir, train + len(data.test.paths), content)
            if probe:
                run_all([probe], work_dir, console, title='probe', independent=True)
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here.')
            return 130
        settings = {'data': data.name, 'train': train, 'test': len(data.test.paths), **{
            name: getattr(args, name)
            for name in ('methods', 'backbone', 'epochs', 'batch', 'size', 'augment')}}
        return _report(runs, probe, settings, args.typed, work_dir, console)


def _probe(runs: Sequence[Run], template: Asked, args: argparse.Namespace, work_dir: Path,
           images: int, content: str) -> Stage | None:
    """The probe of what finished, if anything did."""
    from oadp_mm.journey.comparing import probe_stage, probed_size
    from oadp_mm.stages.stage import is_finished

    finished = [run for run in runs if is_finished(run.stage, work_dir)]
    if not finished:
        return None
    options = ('--families', args.families, '--size', str(probed_size(template)),
               '--images', str(args.images))
    return probe_stage(finished, 0 if args.no_floor else args.seeds, args.data, options, work_dir,
                       images, content)


def _report(runs: Sequence[Run], probe: Stage | None, settings: Mapping[str, Any], command: str,
            work_dir: Path, console) -> int:
    """Print and write the figures of the runs that finished; the exit status."""
    from oadp_mm.journey.comparison import budget, read_outcomes, uncounted, write_comparison
    from oadp_mm.journey.comparison_figures import failed_runs, figures_table
    from oadp_mm.reports.tables import terminal_table
    from oadp_mm.stages.stage import is_finished

    outcomes = read_outcomes(runs, probe, work_dir)
    console.print(terminal_table(
        figures_table(outcomes), f'{settings["train"]} images, {budget(settings)}',
        'mean ± deviation over seeds'))
    for sentence in uncounted(settings['methods']):
        console.print(sentence, markup=False, soft_wrap=True)
    for path in write_comparison(work_dir, outcomes, settings, command):
        console.print(shown(path), markup=False, soft_wrap=True)
    failed = failed_runs(outcomes)
    if probe and not is_finished(probe, work_dir):
        failed.append('the probe')
    if failed:
        console.print(f'oadp-mm: error: {len(failed)} of {len(runs) + bool(probe)} stages failed '
                      f'({"; ".join(failed)}): the same command tries them again', markup=False,
                      soft_wrap=True)
    return 1 if failed else 0


def _check(args: argparse.Namespace) -> None:
    check_backbone_options(args)
    for name, least in (('epochs', 1), ('seeds', 1), ('size', 32), ('batch', 2), ('workers', 0),
                        ('images', 2)):
        if getattr(args, name) < least:
            raise ValueError(f'--{name} must be {least} or more, got {getattr(args, name)}')
