"""The options that say which ResNet learns, the same of every command that pretrains one."""
from __future__ import annotations

import argparse


def add_backbone_options(parser: argparse.ArgumentParser, default: str) -> None:
    """`--backbone`, `--width` and `--last-stride`."""
    parser.add_argument('--backbone', default=default, help='what learns (%(default)s)')
    parser.add_argument('--width', type=int, default=64, metavar='N',
                        help='channels of its first stage (%(default)s)')
    parser.add_argument('--last-stride', type=int, default=2, metavar='N',
                        help='of its last stage, 1 or 2 (%(default)s)')


def check_backbone_options(args: argparse.Namespace) -> None:
    """Raise ValueError where no ResNet has such a width or stride."""
    if args.width < 1:
        raise ValueError(f'--width must be 1 or more, got {args.width}')
    if args.last_stride not in (1, 2):
        raise ValueError(f'--last-stride must be 1 or 2, got {args.last_stride}')
