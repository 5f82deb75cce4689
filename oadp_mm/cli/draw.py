"""`oadp-mm draw IMAGE|FOLDER... --out DIR`: OADP's patches, SoCo's boxes or ORL's views."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from oadp_mm.files.configs import find_config
from oadp_mm.files.shown import shown

DEFAULT = 'oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder'
HELP = ("draw augmented views of images with OADP's matched patches, SoCo's proposals or ORL's "
        'neighbours')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('images', nargs='+', type=Path, metavar='IMAGE',
                        help='image files, or folders with images below them')
    parser.add_argument('--out', required=True, type=Path, metavar='DIR',
                        help='folder for the pictures, IMAGE-pairs.png, IMAGE-boxes.png or '
                        'IMAGE-views.png each')
    parser.add_argument('--config', default=DEFAULT, metavar='CFG',
                        help="config of a pretraining, by path or name, whose views are drawn: "
                        'with the patches of its selector, the boxes of its proposals or the '
                        'neighbours of its correspondences (%(default)s)')
    parser.add_argument('--proposals', type=Path, metavar='FILE',
                        help="of oadp-mm proposals, the images' boxes (default: the config's)")
    parser.add_argument('--correspondences', type=Path, metavar='FILE',
                        help="of oadp-mm correspondences, of the folder in which the images lie "
                        "(default: the config's)")
    parser.add_argument('--sheet', type=Path, metavar='FILE',
                        help='also put all pictures side by side into one PNG of 256 colours')
    parser.add_argument('--pairs', type=int, default=8,
                        help='pairs of patches to draw (%(default)s)')
    parser.add_argument('--most', type=int, default=16, metavar='N',
                        help='images of a folder, the first by name (%(default)s)')
    parser.add_argument('--sixteen-bit', choices=('range', 'minmax'),
                        help="how 16-bit images become 8-bit ones (default: the config's way)")
    parser.add_argument('--seed', type=int, default=0,
                        help='of the first image, one more for each next (%(default)s)')
    parser.add_argument('--dpi', type=int, default=110, help='of the pictures (%(default)s)')


def run(args: argparse.Namespace) -> int:
    from mmengine.config import Config  # slow imports: only when run

    from oadp_mm.pictures.box_pictures import BoxPictures
    from oadp_mm.pictures.neighbour_views import NeighbourViews
    from oadp_mm.pictures.patch_pictures import PatchPictures
    from oadp_mm.pictures.picture_files import (
        chosen_images,
        picture_files,
        read_each,
        write_sheet,
    )
    from oadp_mm.pictures.views import image_reader

    if args.pairs < 1:
        raise ValueError(f'--pairs must be at least 1, got {args.pairs}')
    images, notes = chosen_images(args.images, args.most)
    config = Config.fromfile(find_config(args.config))
    load = image_reader(config, args.sixteen_bit)
    data = config.get('train_dataloader', {}).get('dataset', {})
    pictures: PatchPictures | BoxPictures | NeighbourViews
    if config.get('model', {}).get('selector') is not None:
        pictures = PatchPictures(config, args.pairs, args.images)
    elif data.get('views', {}).get('boxes') is not None:
        pictures = BoxPictures(config, args.proposals, list(images))
    elif data.get('correspondences') is not None:
        pictures = NeighbourViews(config, args.correspondences, list(images), load)
    else:
        raise ValueError(f'{config.filename} has no model.selector, no views.boxes and no '
                         'correspondences: give the config of an OADP, a SoCo or an ORL '
                         'pretraining')
    targets = picture_files(images, args.out, pictures.ending)
    drawn: list[Path] = []
    for number, (path, image) in enumerate(read_each(list(images), args.images, load, notes)):
        picture = pictures.draw(path, image, args.seed + number)
        args.out.mkdir(parents=True, exist_ok=True)
        picture.savefig(targets[path], dpi=args.dpi)
        drawn.append(targets[path])
        print(shown(targets[path]))
    if args.sheet:
        write_sheet(drawn, args.sheet)
        print(shown(args.sheet))
    if dark := load.darkness():
        notes.append(f'{dark}: --sixteen-bit minmax stretches each over all levels')
    for note in notes + pictures.notes():
        print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
    return 0
