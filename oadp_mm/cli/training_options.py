"""The options of every command that pretrains on a folder by the rules of docs/journey.md."""
from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oadp_mm.cli.backbone_options import add_backbone_options, check_backbone_options
from oadp_mm.cli.train import Options

if TYPE_CHECKING:
    from oadp_mm.journey.asked import Asked

#: What is told to `Asked` as it was typed.
_SAME = ('backbone', 'width', 'last_stride', 'epochs', 'size', 'batch', 'gpus', 'augment', 'seed',
         'lr', 'stem_lr', 'amp')
_LEAST = {'epochs': 1, 'size': 32, 'batch': 1, 'gpus': 1, 'seed': 0, 'workers': 0}


class _Kept(Options):
    """Options, and the words that they were read from."""

    def __call__(self, parser, namespace, values, option_string=None) -> None:
        super().__call__(parser, namespace, values, option_string)
        namespace.option_words = [*namespace.option_words, *values]


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """FOLDER, and how it is trained on; the work directory, too."""
    parser.set_defaults(option_words=[])
    parser.add_argument('folder', metavar='FOLDER', help='of images, or the word nuclei')
    add_backbone_options(parser, 'resnet50')
    parser.add_argument('--epochs', type=int, default=200, metavar='N', help='(%(default)s)')
    parser.add_argument('--size', type=int, default=224, metavar='PX',
                        help='of a side of the views (%(default)s)')
    parser.add_argument('--batch', type=int, default=32, metavar='N',
                        help='images a step, of each GPU (%(default)s)')
    parser.add_argument('--augment', choices=('paper', 'mild'), default='',
                        help='views; default: mild below 10,000 optimizer steps')
    parser.add_argument('--gpus', type=int, default=1, metavar='N', help='processes (%(default)s)')
    parser.add_argument('--seed', type=int, default=0, metavar='N', help='(%(default)s)')
    parser.add_argument('--lr', type=float, metavar='X', help='instead of the rule\'s')
    parser.add_argument('--stem-lr', type=float, metavar='SHARE',
                        help='of the learning rate that the first convolution gets; default: 0 '
                        'below 10,000 optimizer steps, else 1')
    parser.add_argument('--workers', type=int, metavar='N',
                        help='processes that load images, for each GPU (default: by the cores)')
    parser.add_argument('--amp', action='store_true', help='automatic mixed precision')
    parser.add_argument('--keep-steps', type=int, nargs='+', default=[], metavar='N',
                        help='optimizer steps after which weights are kept, as step_N.pth')
    parser.add_argument('--cfg-options', nargs='+', action=_Kept, default={}, metavar='KEY=V',
                        help='settings of the config to override, after all rules')
    parser.add_argument('--work-dir', required=True, type=Path, metavar='DIR',
                        help='for all that is written')


def check_training_options(args: argparse.Namespace) -> None:
    """Raise ValueError where a number is out of its range."""
    check_backbone_options(args)
    check_least(args, _LEAST)
    if args.lr is not None and not 0 < args.lr < float('inf'):
        raise ValueError(f'--lr must be a number above 0, got {args.lr}')
    if any(step < 1 for step in args.keep_steps):
        raise ValueError(f'--keep-steps must be 1 or more each, got {min(args.keep_steps)}')
    if args.stem_lr is not None and not 0 <= args.stem_lr <= 1:
        raise ValueError(f'--stem-lr is a share, 0 to 1, got {args.stem_lr}')


def check_least(args: argparse.Namespace, least: dict[str, int]) -> None:
    """Raise ValueError where an option that was given is below its least number."""
    for name, number in least.items():
        value = getattr(args, name)
        if value is not None and value < number:
            raise ValueError(f'--{name.replace("_", "-")} must be {number} or more, got {value}')


def asked_of_options(args: argparse.Namespace, **others: Any) -> Asked:
    """What these options, and others of `Asked`, ask for."""
    from oadp_mm.journey.asked import NUCLEI, Asked

    folder = args.folder if args.folder == NUCLEI else str(Path(args.folder).absolute())
    return Asked(folder, **{name: getattr(args, name) for name in _SAME},
                 keep_steps=tuple(args.keep_steps), options=tuple(args.option_words), **others)


def workers_of(args: argparse.Namespace) -> int:
    """Processes that load images, for each one that trains."""
    if args.workers is not None:
        return args.workers
    return max(1, min(8, (os.cpu_count() or 1) // args.gpus - 1))
