"""`oadp-mm orl FOLDER`: ORL's three stages on a folder of images, in one command.

Each stage is a command of this program that one could type, run as a process of its own with all
its output in `WORK_DIR/<stage>/log.txt`. A second call keeps what is finished and goes on with what
is not.
"""
from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from oadp_mm.cli.training_options import (
    add_training_options,
    asked_of_options,
    check_least,
    check_training_options,
    workers_of,
)
from oadp_mm.files.shown import shown

HELP = 'pretrain with ORL: BYOL, neighbours, proposals, regions that correspond, and stage 3'
EXAMPLE = """
examples:
  oadp-mm orl photos/ --backbone resnet50 --epochs 200 --batch 32 --work-dir runs/orl
  oadp-mm orl photos/ --scd --stage1 runs/orl/stage1 --work-dir runs/scd-orl

The stages, each of them a command of its own (--plan prints them and runs none):
  stage1           oadp-mm pretrain --method orl-stage1: BYOL on whole images
  proposals        oadp-mm proposals: boxes that may hold objects
  neighbours       oadp-mm neighbours: the nearest images of each by what stage 1 has learned
  correspondences  oadp-mm correspondences: the pairs of boxes that are most alike
  stage3           oadp-mm pretrain --method orl: from scratch, on whole images, boxes and pairs

Both trainings follow the rules of oadp-mm pretrain. Each stage writes its log and its files into
WORK_DIR/STAGE, those of stage 2 a picture, too. The same command goes on with what was stopped.
docs/algorithms/orl.md tells more.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    add_training_options(parser)
    parser.add_argument('--scd', action='store_true',
                        help='SCD-ORL: stage 3 also tells foreground from background')
    parser.add_argument('--stage1', type=Path, metavar='RUN',
                        help='work dir or checkpoint that stands for stage 1, which is left out')
    parser.add_argument('--proposals', type=Path, metavar='FILE',
                        help='of oadp-mm proposals, of the same images (default: made)')
    parser.add_argument('--neighbours', type=int, default=10, metavar='N',
                        help='of an image (%(default)s; fewer where there are not so many images)')
    parser.add_argument('--min-side', type=int, metavar='PX',
                        help='least side of a box, in pixels of the image (default: 96, or a fifth '
                        'of the median shorter side, whichever is less)')
    parser.add_argument('--plan', action='store_true',
                        help='print the commands of all stages, and run none')


def run(args: argparse.Namespace) -> int:
    check_training_options(args)
    check_least(args, {'neighbours': 1, 'min_side': 1})
    from rich.console import Console  # slow imports: only when run

    from oadp_mm.files.lock import hold
    from oadp_mm.files.proposal_file import read_index
    from oadp_mm.journey import orl
    from oadp_mm.journey.checks import checked_plan
    from oadp_mm.journey.proposals import images_of
    from oadp_mm.journey.schedule import least_box_side
    from oadp_mm.stages.interrupts import end_as_interrupt
    from oadp_mm.stages.run_all import run_all
    from oadp_mm.stages.stage import Stage, StageFailed, is_finished

    asked = asked_of_options(args, method='scd-orl' if args.scd else 'orl')
    work_dir, console = args.work_dir.absolute(), Console(highlight=False)
    _check_apart(args.folder, work_dir)
    for each in orl.both(asked, work_dir):  # what cannot be trained is said first
        images, planned, _ = checked_plan(each, str(work_dir), args.cfg_options, workers_of(args))
    stage1, proposals = (str(path.expanduser().absolute()) if path else ''
                         for path in (args.stage1, args.proposals))
    if proposals:
        read_index(Path(proposals))
    discovery = orl.Discovery(
        args.min_side or least_box_side(images.sides), min(args.neighbours, images.number - 1),
        stage1, orl.digest_of(stage1), proposals)
    stages = orl.stages(asked, discovery, images.number, images_of(asked.folder).digest(), work_dir,
                        workers_of(args))
    if args.plan:
        print(*(shlex.join(['oadp-mm', *stage.command[3:]]) for stage in stages), sep='\n')
        return 0
    with hold(work_dir, 'orl'), end_as_interrupt():
        if is_finished(stages[-1], work_dir):  # whatever became of what went before it
            print(f'{shown(args.work_dir)} is finished: all stages are done')
            _tell_next(args.work_dir, stage1 or str(args.work_dir / orl.STAGE1), args.folder)
            return 0
        orl.refuse_other_work(stages, asked, work_dir)
        console.print(f'{images.number} images of {shown(args.folder)}; {planned.steps} optimizer '
                      f'steps a training; boxes of {discovery.min_side} px or more; logs in '
                      f'{shown(args.work_dir)}/*/log.txt', markup=False, soft_wrap=True)

        def tell(stage: Stage) -> None:
            for line in orl.found(stage, work_dir):
                console.print(f'      {line}', markup=False, soft_wrap=True)

        try:
            run_all(stages, work_dir, console, title='all stages', independent=False, after=tell)
        except StageFailed as error:
            console.print(f'oadp-mm: error: {error}', markup=False, soft_wrap=True)
            return 1
        except KeyboardInterrupt:
            console.print('Stopped. The same command goes on from here.')
            return 130
    _tell_next(args.work_dir, stage1 or str(args.work_dir / orl.STAGE1), args.folder)
    return 0


def _check_apart(folder: str, work_dir: Path) -> None:
    """Raise ValueError where pictures that are drawn would become images of the folder."""
    if Path(folder).resolve() in (work_dir.resolve(), *work_dir.resolve().parents):
        raise ValueError(f'--work-dir {shown(work_dir)} lies in the folder of images, which its '
                         'pictures would be added to: give one elsewhere')


def _tell_next(work_dir: Path, first: str, folder: str) -> None:
    """What to type next; stage 1 is the baseline that took half of the training."""
    runs = [shlex.quote(shown(run)) for run in (str(work_dir / 'stage3'), first)]
    data = folder if folder == 'nuclei' else 'LABELLED'
    starts = ' '.join(f'--from {run}' for run in (*runs, 'random'))
    print(f'next, see what it has learned beside its first stage, and whether it helps:\n'
          f'oadp-mm probe {" ".join(runs)} random --data {data}\n'
          f'oadp-mm finetune --data {data} --model mask-rcnn {starts} --labels 16,all --seeds 3 '
          f'--work-dir {shlex.quote(shown(work_dir / "tuned"))}\n'
          f'oadp-mm report {shlex.quote(shown(work_dir))}')
