"""`oadp-mm saliency CHECKPOINT IMAGE... --out DIR`: what an SCD training takes for foreground."""
from __future__ import annotations

import argparse
import math
from pathlib import Path

from oadp_mm.pictures.picture_files import picture_files, write_sheet

HELP = "draw the foreground saliency that an SCD training's checkpoint sees in images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('checkpoint', type=Path, metavar='CHECKPOINT',
                        help='epoch_N.pth of a training of oadp_mm.SCD')
    parser.add_argument('images', nargs='+', type=Path, metavar='IMAGE', help='image files')
    parser.add_argument('--out', required=True, type=Path, metavar='DIR',
                        help='folder for the pictures, IMAGE-saliency.png each')
    parser.add_argument('--size', type=int, default=224, metavar='PX',
                        help='side of the square that the network sees of an image, a multiple of '
                        '32 (%(default)s)')
    parser.add_argument('--stretch', action='store_true',
                        help="let the colours span each map's own range instead of 0 to 1")
    parser.add_argument('--sheet', type=Path, metavar='FILE',
                        help='also put all pictures into one PNG')
    parser.add_argument('--dpi', type=int, default=110, help='of the pictures (%(default)s)')


def run(args: argparse.Namespace) -> int:
    if args.size < 32 or args.size % 32:
        raise ValueError('--size must be a multiple of 32, the stride of the last map, and at '
                         f'least 32, got {args.size}')
    targets = picture_files(args.images, args.out, 'saliency')

    from oadp_mm.datasets.image_files import read_image  # slow imports: only when run
    from oadp_mm.pictures.foreground import draw_foreground
    from oadp_mm.probes.foreground import read_foreground_model

    model = read_foreground_model(args.checkpoint)
    args.out.mkdir(parents=True, exist_ok=True)
    for path, target in zip(args.images, targets, strict=True):
        image = read_image(path)
        saliency = model(image, args.size)
        picture = draw_foreground(image[..., ::-1], saliency, path.name, args.stretch)
        picture.savefig(target, dpi=args.dpi)
        print(target)
    if args.sheet:
        # A picture is more than twice as wide as high; fewer colours would change their scale.
        write_sheet(targets, args.sheet, math.ceil(math.sqrt(len(targets) / 3)), colours=None)
        print(args.sheet)
    return 0
