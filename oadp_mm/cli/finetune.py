"""`oadp-mm finetune`: does a pretraining help my detector or my segmenter?

Every model, number of labels, seed and start is a training of its own by the host's script, its
output in `WORK_DIR/MODEL/labels-N/seedK/START/log.txt`. A second call keeps what is finished,
resumes what is not, and tries again what failed.
"""
from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from oadp_mm.cli.train import Options
from oadp_mm.files.shown import shown

HELP = 'fine-tune a detector or segmenter from several starts, and say whether one helps'
EXAMPLE = """
example:
  oadp-mm finetune --data my-coco --model mask-rcnn,fcn --from runs/a --from random \\
      --labels 16,all --seeds 3 --work-dir runs/tuned

DATA is `nuclei` (the package's own images), a folder, or one or two jsons of COCO's form (train
and test). A folder holds annotations/instances_train.json and instances_test.json (or _val), or
VOC's Annotations, JPEGImages and ImageSets/Main, or train/images, train/masks, test/images and
test/masks, or images and masks, split or not. Masks are PNGs of class numbers, 255 for none.

MODEL is one of mask-rcnn, faster-rcnn, fcn (ResNet-50 as the papers have them, or whatever the
starts are), their -small forms for images of 100-300 px on a CPU, or any config of mmdet or mmseg:
a path, a name of `oadp-mm config --list`, or such as mmdet::retinanet/retinanet_r50_fpn_1x_coco.
Of a config the model, its optimizer and the images a step are taken; its backbone is replaced by
the start's. A list is trained one after the other.

--from is a pretraining's folder (its newest checkpoint), a file of `oadp-mm export`, a state dict,
or `random`, the architecture of the first other start. {seed} in it stands for the run's seed, as
in --from runs/oadp/seed{seed}, for pretrainings that were repeated. The last is what the others are
compared with. All starts see the same labels, seeds and schedule.

docs/journey.md has the protocol and its rules.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('--data', required=True, nargs='+', metavar='DATA', help='labelled images')
    parser.add_argument('--model', required=True, metavar='NAME,...', help='what to fine-tune')
    parser.add_argument('--from', required=True, action='append', dest='starts', metavar='START',
                        help='a start; give it once for each')
    parser.add_argument('--labels', default='all', metavar='N,...',
                        help='of how many train images labels are used, such as 16,64,all '
                        '(%(default)s)')
    parser.add_argument('--seeds', type=int, default=3, metavar='N',
                        help='runs of each: which images are labelled, heads, order (%(default)s)')
    parser.add_argument('--steps', type=int, metavar='N', help='of each run (a detector: 24 passes '
                        'over the labelled images, a segmenter: 30, at least 300 steps)')
    parser.add_argument('--batch', type=int, metavar='N', help="images a step (the model's)")
    parser.add_argument('--size', type=int, metavar='PX', help='shorter side of the images '
                        "(the data's own, from 96 to 800)")
    parser.add_argument('--lr', type=float, metavar='X', help="of the optimizer (the model's)")
    parser.add_argument('--backbone', default='', metavar='NAME',
                        help='of random where it is the only start: resnet18, resnet50 ...')
    parser.add_argument('--cfg-options', nargs='+', action=Options, default={}, metavar='KEY=V',
                        help='settings of the configs to override')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/finetune'), metavar='DIR',
                        help='where everything goes (%(default)s)')


def run(args: argparse.Namespace) -> int:
    labels = _check(args)
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.datasets.labelled.read import read_labelled
    from oadp_mm.doctor.quick import quick_lines
    from oadp_mm.files.lock import hold
    from oadp_mm.journey import finetuning
    from oadp_mm.journey.earlier import (
        read_earlier,
        refuse_other_content,
        refuse_other_settings,
    )
    from oadp_mm.journey.hosts import read_model
    from oadp_mm.journey.lengths import Settings
    from oadp_mm.journey.outcomes import write_outcomes
    from oadp_mm.journey.starts import read_starts
    from oadp_mm.stages.interrupts import end_as_interrupt
    from oadp_mm.stages.run_all import run_all
    from oadp_mm.stages.stage import is_finished

    work_dir, console = args.work_dir.resolve(), Console(highlight=False)
    models = [read_model(word) for word in args.model.split(',')]
    settings = Settings(args.steps, args.batch, args.size, args.lr, args.cfg_options)
    asked = _asked(args)
    with hold(work_dir, 'finetune'), end_as_interrupt():
        earlier = read_earlier(work_dir)
        refuse_other_settings(earlier, asked, work_dir)
        starts = read_starts(args.starts, work_dir / 'starts', args.backbone, args.seeds)
        data = read_labelled(args.data, work_dir / 'data',
                             maps=any(model.host == 'mmseg' for model in models))
        task = finetuning.Task(data, models, starts, labels, args.seeds,
                               {model.name: settings for model in models}, _command(args), asked)
        runs = finetuning.plan(task, work_dir)
        refuse_other_content(earlier, data.digest, runs, work_dir)
        for line in quick_lines(work_dir, detectors=any(model.host == 'mmdet' for model in models)):
            print(shown(line), file=sys.stderr)
        for note in finetuning.notes(task):
            print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
        try:
            run_all([run.stage for run in runs], work_dir, console, title='all runs',
                    independent=True, after=lambda stage: write_outcomes(task, runs, work_dir))
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here.')
            return 130
        content = write_outcomes(task, runs, work_dir)
    _print(content, work_dir, console)
    failed = sum(not is_finished(run.stage, work_dir) for run in runs)
    if failed:
        console.print(f'oadp-mm: error: {failed} of {len(runs)} runs failed: the same command '
                      'tries them again', markup=False, soft_wrap=True)
    return 1 if failed else 0


def _print(content: dict, work_dir: Path, console) -> None:
    from oadp_mm.journey.earlier import JSON
    from oadp_mm.journey.outcomes import sentences, tables
    from oadp_mm.reports.tables import terminal_table

    data = content['data']
    for model, table in tables(content).items():
        console.print(terminal_table(
            table, f'{model}: {data["test"]} test images of {data["name"]}',
            'per cent ± deviation; 95 % intervals'))
    for sentence in sentences(content):
        console.print(sentence, markup=False, soft_wrap=True)
    console.print(shown(work_dir / JSON), markup=False, soft_wrap=True)


def _command(args: argparse.Namespace) -> str:
    """The command with all that it does not leave to a default, as one types it."""
    words = ['oadp-mm', 'finetune', '--data', *args.data, '--model', args.model]
    for start in args.starts:
        words += ['--from', start]
    words += ['--labels', args.labels, '--seeds', str(args.seeds)]
    for name in ('steps', 'batch', 'size', 'lr', 'backbone'):
        if getattr(args, name):
            words += [f'--{name}', str(getattr(args, name))]
    if args.cfg_options:
        words += ['--cfg-options', *(f'{key}={value}' for key, value in args.cfg_options.items())]
    return shown(shlex.join([*words, '--work-dir', str(args.work_dir)]))


def _asked(args: argparse.Namespace) -> dict[str, str]:
    """The options that all runs of a folder share, as one types them."""
    words = [word if word == 'nuclei' else str(Path(word).expanduser().resolve())
             for word in args.data]
    options = [f'{key}={value}' for key, value in sorted(args.cfg_options.items())]
    return {'--data': shlex.join(words),
            **{f'--{name}': str(getattr(args, name) or '')
               for name in ('steps', 'batch', 'size', 'lr')},
            '--cfg-options': shlex.join(options)}


def _check(args: argparse.Namespace) -> Sequence:
    for name, least in (('seeds', 1), ('steps', 1), ('batch', 1), ('size', 32)):
        value = getattr(args, name)
        if value is not None and value < least:
            raise ValueError(f'--{name} must be {least} or more, got {value}')
    if args.lr is not None and not args.lr > 0:
        raise ValueError(f'--lr must be above 0, got {args.lr}')
    words = args.labels.split(',')
    for word in words:
        if word != 'all' and not (word.isdecimal() and int(word) > 0):
            raise ValueError(f'--labels {word!r} is no number of images: give such as 16,64,all')
    for name, those in (('labels', words), ('model', args.model.split(','))):
        if twice := [word for word in those if those.count(word) > 1]:
            raise ValueError(f'--{name} {twice[0]} is given twice: give each once')
    return [word if word == 'all' else int(word) for word in words]
