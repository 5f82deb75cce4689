"""`oadp-mm saliency CHECKPOINT|RUN IMAGE|FOLDER... --out DIR`: what an SCD training saw."""
from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from oadp_mm.files.shown import shown

HELP = "draw the foreground saliency that an SCD training's checkpoint sees in images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('checkpoint', type=Path, metavar='CHECKPOINT',
                        help='epoch_N.pth of a training of SCD or SCD-ORL, or its work_dir, whose '
                        'newest readable checkpoint is taken')
    parser.add_argument('images', nargs='+', type=Path, metavar='IMAGE',
                        help='image files, or folders with images below them')
    parser.add_argument('--out', required=True, type=Path, metavar='DIR',
                        help='folder for the pictures, IMAGE-saliency.png each')
    parser.add_argument('--size', type=int, default=224, metavar='PX',
                        help='side of the square that the network sees of an image, a multiple of '
                        '32 (%(default)s)')
    parser.add_argument('--most', type=int, default=16, metavar='N',
                        help='images of a folder, the first by name (%(default)s)')
    parser.add_argument('--sixteen-bit', choices=('range', 'minmax'), default='range',
                        help='how 16-bit images become 8-bit ones, as in the training '
                        '(%(default)s)')
    parser.add_argument('--stretch', action='store_true',
                        help="let the colours span each map's own range instead of 0 to 1")
    parser.add_argument('--sheet', type=Path, metavar='FILE',
                        help='also put all pictures into one PNG')
    parser.add_argument('--dpi', type=int, default=110, help='of the pictures (%(default)s)')


def run(args: argparse.Namespace) -> int:
    if args.size < 32 or args.size % 32:
        raise ValueError('--size must be a multiple of 32, the stride of the last map, and at '
                         f'least 32, got {args.size}')
    from oadp_mm.files.run_folder import newest_checkpoint
    from oadp_mm.pictures.picture_files import (  # slow imports: only when run
        chosen_images,
        picture_files,
        read_each,
        write_sheet,
    )

    source, passed_over = args.checkpoint, list[str]()
    if source.is_dir():
        source, passed_over = newest_checkpoint(source)
    images, notes = chosen_images(args.images, args.most)
    notes += [f'passed over: {reason}' for reason in passed_over]
    targets = picture_files(images, args.out, 'saliency')

    from oadp_mm.datasets import LoadImage
    from oadp_mm.pictures.foreground import draw_foreground
    from oadp_mm.probes.foreground import read_foreground_model

    model, load = read_foreground_model(source), LoadImage(args.sixteen_bit)
    drawn = []
    for path, image in read_each(list(images), args.images, load, notes):
        saliency = model(image, args.size)
        picture = draw_foreground(image[..., ::-1], saliency, shown(path.name), args.stretch)
        args.out.mkdir(parents=True, exist_ok=True)
        picture.savefig(targets[path], dpi=args.dpi)
        drawn.append(targets[path])
        print(shown(targets[path]))
    if args.sheet:
        # A picture is more than twice as wide as high; fewer colours would change their scale.
        write_sheet(drawn, args.sheet, math.ceil(math.sqrt(len(drawn) / 3)), colours=None)
        print(shown(args.sheet))
    if dark := load.darkness():
        notes.append(f'{dark}: --sixteen-bit minmax stretches each over all levels')
    for note in notes:
        print(f'oadp-mm: note: {note}', file=sys.stderr)
    return 0
