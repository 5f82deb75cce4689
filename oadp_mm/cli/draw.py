"""`oadp-mm draw IMAGE... --out DIR`: see which patches OADP selects and matches on one's images."""
from __future__ import annotations

import argparse
from pathlib import Path

from oadp_mm.files.configs import find_config
from oadp_mm.pictures.picture_files import picture_files, write_sheet

DEFAULT = 'oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder'
HELP = 'draw the selected patches and matched pairs of two augmented views of images'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('images', nargs='+', type=Path, metavar='IMAGE', help='image files')
    parser.add_argument('--out', required=True, type=Path, metavar='DIR',
                        help='folder for the pictures, IMAGE-pairs.png each')
    parser.add_argument('--config', default=DEFAULT, metavar='CFG',
                        help="config of a pretraining, by path or name, whose views and selector "
                        'are drawn (%(default)s)')
    parser.add_argument('--sheet', type=Path, metavar='FILE',
                        help='also put all pictures side by side into one PNG of 256 colours')
    parser.add_argument('--pairs', type=int, default=8, help='pairs to draw (%(default)s)')
    parser.add_argument('--seed', type=int, default=0,
                        help='of the first image, one more for each next (%(default)s)')
    parser.add_argument('--dpi', type=int, default=110, help='of the pictures (%(default)s)')


def run(args: argparse.Namespace) -> int:
    from mmengine.config import Config  # slow imports: only when run

    from oadp_mm.datasets.image_files import read_image
    from oadp_mm.pictures.patch_pairs import draw_pairs, find_pairs
    from oadp_mm.pictures.views import make_views

    if args.pairs < 1:
        raise ValueError(f'--pairs must be at least 1, got {args.pairs}')
    targets = picture_files(args.images, args.out, 'pairs')
    config = Config.fromfile(find_config(args.config))
    selector = config.get('model', {}).get('selector')
    if selector is None:
        raise ValueError(f'{config.filename} has no model.selector: give the config of an OADP '
                         'pretraining')
    args.out.mkdir(parents=True, exist_ok=True)
    for number, (path, target) in enumerate(zip(args.images, targets, strict=True)):
        views = make_views(config, read_image(path), args.seed + number)
        picture = draw_pairs(views, find_pairs(views, selector), args.pairs)
        picture.savefig(target, dpi=args.dpi)
        print(target)
    if args.sheet:
        write_sheet(targets, args.sheet)
        print(args.sheet)
    return 0
