"""`oadp-mm scenes OUT`: write digit scenes as COCO annotations and mmseg mask folders."""
from __future__ import annotations

import argparse

from oadp_mm.files.shown import shown

HELP = 'write composed digit scenes with boxes, instance masks and semantic masks'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('out', metavar='OUT', help='folder to make')
    parser.add_argument('--num-train', type=int, default=1000, help='train scenes (%(default)s)')
    parser.add_argument('--num-test', type=int, default=200, help='test scenes (%(default)s)')
    parser.add_argument('--size', type=int, nargs=2, default=(160, 160), metavar=('H', 'W'),
                        help='height and width in pixels (160 160)')
    parser.add_argument('--seed', type=int, default=0, help='which scenes (%(default)s)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace scenes written to OUT with other options')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.datasets.digits.digit_files import write_scenes  # slow imports: only when run

    written = write_scenes(args.out, num_train=args.num_train, num_test=args.num_test,
                           size=args.size, seed=args.seed, overwrite=args.overwrite)
    print(f'{shown(args.out)}: {args.num_train} train and {args.num_test} test scenes '
          + ('written.' if written else 'were there already.'))
    return 0
