"""`oadp-mm nuclei OUT`: write the nuclei as COCO annotations and mmseg mask folders."""
from __future__ import annotations

import argparse

HELP = 'write 664 microscopy images with the masks of their nuclei, and label subsets'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('out', metavar='OUT', help='folder to make')
    parser.add_argument('--seed', type=int, default=0, help='which images the label subsets of '
                        '8, 16, 32 and 64 hold (%(default)s)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace those written to OUT with another seed')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.datasets.nuclei.nuclei_files import write_nuclei  # slow imports: only when run

    written = write_nuclei(args.out, seed=args.seed, overwrite=args.overwrite)
    print(f'{args.out}: 544 train and 120 test images '
          + ('written.' if written else 'were there already.'))
    return 0
