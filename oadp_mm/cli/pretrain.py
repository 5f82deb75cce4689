"""`oadp-mm pretrain FOLDER`: pretrain a backbone on a folder of images, in one command.

It writes one config, `WORK_DIR/pretrain.py`, and trains by it; the same command goes on with what
was stopped.
"""
from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from oadp_mm.cli.training_options import (
    add_training_options,
    asked_of_options,
    check_least,
    check_training_options,
    workers_of,
)
from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    from oadp_mm.journey.asked import Asked
    from oadp_mm.journey.pretraining import Pretraining

HELP = 'pretrain a backbone on a folder of images, by any method, with settings that follow rules'
EXAMPLE = """
examples:
  oadp-mm pretrain photos/ --backbone resnet50 --epochs 200 --size 224 --batch 32 --work-dir runs/a
  oadp-mm pretrain nuclei --backbone resnet18 --width 16 --size 112 --last-stride 1 --batch 64 \\
      --epochs 60 --work-dir runs/nuclei
  oadp-mm pretrain photos/ --method byol --init runs/a --work-dir runs/b

FOLDER holds images, in sub-folders too; the word `nuclei` stands for the 544 microscopy images
that ship with the package. No labels are read.

METHOD is oadp, byol, moco, densecl, simsiam, regioncl-m, -d, -s, -m3, scd-moco, scd-byol,
scd-byol-2x, soco, orl-stage1, orl or scd-orl. BACKBONE is resnet18, 34, 50, 101 or 152; --width 32
makes it half as wide as usual. --last-stride 1 keeps the last stage at the grid of the one before:
112 px have the 7x7 cells then that 224 px have in OADP's paper. soco learns from object proposals:
a file of oadp-mm proposals, or one that is made first. orl and scd-orl learn from regions that
correspond: oadp-mm orl FOLDER finds them and trains all stages.

--augment paper takes the method's own views; mild leaves out strong changes of colour, rotations
and black borders, for images whose colours mean something and for short trainings. Left out, it
follows the number of steps. Learning rate, warm-up, queue and the rest follow length and batch, by
the rules of docs/journey.md; the plan that is printed first says what they chose.

The config that was made is WORK_DIR/pretrain.py: read it, or train by it with `oadp-mm train`.
The same command goes on with what was stopped, and does nothing where all is done.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    add_training_options(parser)
    parser.add_argument('--method', default='oadp', help='how it learns (%(default)s)')
    parser.add_argument('--init', type=Path, metavar='FILE',
                        help='start from these weights: an exported backbone, a state dict, a '
                        'checkpoint or a work dir; checked as a hand-off is')
    parser.add_argument('--proposals', type=Path, metavar='FILE',
                        help='of oadp-mm proposals, for soco (default: DIR/proposals.npz, made '
                        'before the training)')
    parser.add_argument('--correspondences', type=Path, metavar='FILE',
                        help='of oadp-mm correspondences, for orl and scd-orl')
    parser.add_argument('--probe-every', type=int, default=0, metavar='N',
                        help='epochs between two probes of the backbone, 0 for none (%(default)s)')
    parser.add_argument('--probe-data', nargs='+', default=[], metavar='DATA',
                        help='labelled images for them, as oadp-mm probe --data takes them')
    parser.add_argument('--probe-families', default='region,dense', metavar='NAME,...',
                        help='image, region, dense, label-free (%(default)s)')


def run(args: argparse.Namespace) -> int:
    _check(args)
    from oadp_mm.files.lock import hold  # slow imports: only when run
    from oadp_mm.journey.launch import launch
    from oadp_mm.journey.methods import WITH_PROPOSALS
    from oadp_mm.journey.proposals import NAME as PROPOSALS
    from oadp_mm.journey.proposals import provide
    from oadp_mm.journey.work_dir import LOCK, NAME, look, write_config

    asked, folder = asked_of(args), args.work_dir.absolute()
    earlier = look(folder, asked)
    if not earlier.finished:
        planned, lines = (None, []) if earlier.checkpoint else _plan(args, asked, folder)
        with hold(folder, 'pretraining', LOCK):
            earlier = look(folder, asked)  # another one may have been here while this one planned
            if planned and not earlier.checkpoint:
                write_config(folder, asked, planned)
                print(*lines, sep='\n', flush=True)
            if asked.method in WITH_PROPOSALS and not asked.proposals and not (
                    earlier.checkpoint and (folder / PROPOSALS).exists()):
                provide(asked.folder, folder / PROPOSALS)
            status = 0 if earlier.finished else launch(
                folder / NAME, asked.gpus, earlier.checkpoint)
        if status:
            return status
    if earlier.finished:
        print(f'{args.work_dir} is finished: all {asked.epochs} epochs are done')
    _tell_next(asked, args.work_dir)
    return 0


def _plan(args: argparse.Namespace, asked: Asked, folder: Path) -> tuple[Pretraining, list[str]]:
    """Check all that can be known before; the plan, and the lines that tell it."""
    from mmengine.registry import MODELS

    from oadp_mm.doctor.quick import quick_lines
    from oadp_mm.journey.checks import check_boxes, checked_plan
    from oadp_mm.journey.memory import checkpoint_bytes
    from oadp_mm.journey.plan_table import plan_lines

    check_boxes(asked)
    images, planned, memory = checked_plan(asked, str(folder), args.cfg_options, workers_of(args))
    for line in quick_lines(
            folder, batch=asked.batch * 2 * 3 * asked.size ** 2,
            workers=workers_of(args) * asked.gpus,
            checkpoint=lambda: checkpoint_bytes(MODELS.build(planned.config.model))):
        print(shown(line), file=sys.stderr)
    return planned, [shown(line) for line in plan_lines(asked, images, planned, memory)]


def asked_of(args: argparse.Namespace) -> Asked:
    """What the arguments ask for."""
    from oadp_mm.journey.asked import NUCLEI

    files = {name: str(path.expanduser().absolute()) if (path := getattr(args, name)) else ''
             for name in ('init', 'proposals', 'correspondences')}
    data = tuple(word if word == NUCLEI else str(Path(word).absolute()) for word in args.probe_data)
    return asked_of_options(args, method=args.method, **files, probe_every=args.probe_every,
                            probe_families=args.probe_families, probe_data=data)


def _tell_next(asked: Asked, work_dir: Path) -> None:
    run = shlex.quote(str(work_dir))
    tuned = shlex.quote(str(work_dir.parent / 'tuned'))
    data = asked.folder if asked.folder == 'nuclei' else 'LABELLED'
    print(f'next, see what it has learned, and whether it helps:\n'
          f'oadp-mm probe {run} random --data {data}\n'
          f'oadp-mm finetune --data {data} --model mask-rcnn --from {run} --from random '
          f'--labels 16,all --seeds 3 --work-dir {tuned}')


def _check(args: argparse.Namespace) -> None:
    check_training_options(args)
    check_least(args, {'probe_every': 0})
    if bool(args.probe_every) != bool(args.probe_data):
        raise ValueError('--probe-every N and --probe-data DATA go together: give both or neither')
