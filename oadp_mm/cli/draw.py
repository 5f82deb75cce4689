"""`oadp-mm draw IMAGE|FOLDER... --out DIR`: which patches OADP picks and matches on them."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from oadp_mm.files.configs import find_config
from oadp_mm.files.shown import shown

DEFAULT = 'oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder'
HELP = 'draw the selected patches and matched pairs of two augmented views of images'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('images', nargs='+', type=Path, metavar='IMAGE',
                        help='image files, or folders with images below them')
    parser.add_argument('--out', required=True, type=Path, metavar='DIR',
                        help='folder for the pictures, IMAGE-pairs.png each')
    parser.add_argument('--config', default=DEFAULT, metavar='CFG',
                        help="config of a pretraining, by path or name, whose views and selector "
                        'are drawn (%(default)s)')
    parser.add_argument('--sheet', type=Path, metavar='FILE',
                        help='also put all pictures side by side into one PNG of 256 colours')
    parser.add_argument('--pairs', type=int, default=8, help='pairs to draw (%(default)s)')
    parser.add_argument('--most', type=int, default=16, metavar='N',
                        help='images of a folder, the first by name (%(default)s)')
    parser.add_argument('--sixteen-bit', choices=('range', 'minmax'),
                        help="how 16-bit images become 8-bit ones (default: the config's way)")
    parser.add_argument('--seed', type=int, default=0,
                        help='of the first image, one more for each next (%(default)s)')
    parser.add_argument('--dpi', type=int, default=110, help='of the pictures (%(default)s)')


def run(args: argparse.Namespace) -> int:
    from mmengine.config import Config  # slow imports: only when run

    from oadp_mm.pictures.padding import Touching
    from oadp_mm.pictures.patch_pairs import draw_pairs, find_pairs
    from oadp_mm.pictures.picture_files import (
        chosen_images,
        picture_files,
        read_each,
        write_sheet,
    )
    from oadp_mm.pictures.views import augmented_views, image_reader

    if args.pairs < 1:
        raise ValueError(f'--pairs must be at least 1, got {args.pairs}')
    images, notes = chosen_images(args.images, args.most)
    targets = picture_files(images, args.out, 'pairs')
    config = Config.fromfile(find_config(args.config))
    selector = config.get('model', {}).get('selector')
    if selector is None:
        raise ValueError(f'{config.filename} has no model.selector: give the config of an OADP '
                         'pretraining')
    load = image_reader(config, args.sixteen_bit)
    drawn: list[Path] = []
    padded: dict[Path, Touching] = {}
    for number, (path, image) in enumerate(read_each(list(images), args.images, load, notes)):
        views = augmented_views(config, image, args.seed + number)
        pixels = [view.pixels for view in views]
        pairs = find_pairs(pixels, selector)
        picture = draw_pairs(pixels, pairs, args.pairs)
        folder = next((each for each in args.images if each in path.parents), path.parent)
        padded[folder] = padded.get(folder, Touching()).and_of(views, pairs)
        args.out.mkdir(parents=True, exist_ok=True)
        picture.savefig(targets[path], dpi=args.dpi)
        drawn.append(targets[path])
        print(shown(targets[path]))
    if args.sheet:
        write_sheet(drawn, args.sheet)
        print(shown(args.sheet))
    if args.pairs > len(pairs.partners):
        notes.append(f'--pairs {args.pairs}: there are {len(pairs.partners)}, which are drawn')
    if dark := load.darkness():
        notes.append(f'{dark}: --sixteen-bit minmax stretches each over all levels')
    notes += [f'{folder}, views of {Path(config.filename).stem}: {touching}'
              for folder, touching in padded.items()]
    for note in notes:
        print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
    return 0
