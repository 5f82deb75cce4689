"""`oadp-mm heat FILE... IMAGE... --out PNG`: where backbones see what they see most of."""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    from oadp_mm.probes.heat_objects import Annotated, Inside
    from oadp_mm.probes.networks import Network

HELP = 'draw where checkpoints look in images, side by side'
EXAMPLE = """
examples:
  oadp-mm heat random work_dirs/byol photos --out heat.png
  oadp-mm heat random scd/epoch_15.pth scd/epoch_100.pth a.jpg --map saliency --out heat.png
  oadp-mm heat random work_dirs/orl/stage3 --data nuclei --out heat.png

FILE is what oadp-mm probe takes: a checkpoint, a training's work_dir, an exported backbone, or
`random`, the architecture of the first other FILE as it starts. IMAGE is an image file, or a folder
of them. What is what is told by what the files hold.

With --data or --annotations the objects are outlined, and a table says which share of a map's
energy lies in their boxes, beside the share that chance gives, the boxes' share of the area.
Without an IMAGE, images of DATA (its test images) are drawn.

docs/probes.md says what a map is and what it is not.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('words', nargs='+', metavar='FILE|IMAGE',
                        help='backbones, a column each, and images, a row each')
    parser.add_argument('--out', required=True, type=Path, metavar='PNG', help='picture to write')
    parser.add_argument('--map', choices=('features', 'saliency'), default='features',
                        help='where features are strongest, or the foreground that trainings of '
                        'SCD see (%(default)s)')
    labels = parser.add_mutually_exclusive_group()
    labels.add_argument('--data', nargs='+', metavar='DATA',
                        help='labelled images, as oadp-mm probe takes them')
    labels.add_argument('--annotations', type=Path, metavar='JSON',
                        help="objects in the form of COCO's instances")
    parser.add_argument('--most', type=int, default=8, metavar='N',
                        help='images of a folder or of DATA (%(default)s)')
    parser.add_argument('--size', type=int, default=224, metavar='PX',
                        help='shorter side of what the backbone sees of an image (%(default)s)')
    parser.add_argument('--layer', type=int, default=-1, metavar='N',
                        help='stage of a ResNet or block of a transformer; -1: the last')
    parser.add_argument('--statistics', choices=('clean', 'own'), default='clean',
                        help="of batch norms: measured anew on these images without augmentation, "
                        "or the file's own (%(default)s)")
    parser.add_argument('--config', metavar='CFG', help='whose model.backbone builds a FILE that '
                        'does not tell its architecture')
    parser.add_argument('--json', type=Path, metavar='FILE', help='also write the shares there')
    parser.add_argument('--dpi', type=int, default=130, help='of the picture (%(default)s)')


def run(args: argparse.Namespace) -> int:
    for name, least in (('size', 32), ('most', 1), ('dpi', 10)):
        if getattr(args, name) < least:
            raise ValueError(f'--{name} must be {least} or more, got {getattr(args, name)}')
    if args.out.suffix.lower() != '.png':
        raise ValueError(f'--out names the PNG to write, got {shown(args.out)}: type --out '
                         f'{shown(args.out.name or "heat")}.png')
    if args.dpi > 1000:
        raise ValueError(f'--dpi must be 1000 or less, got {args.dpi}')
    if args.json and (args.json.is_dir() or not (args.data or args.annotations)):
        raise ValueError(f'--json {shown(args.json)} writes shares of objects into a file: name a '
                         'file, and give the objects by --data or --annotations')
    if args.map == 'saliency' and args.layer != -1:
        raise ValueError(f'--layer {args.layer} has no saliency, which is of the last map: leave '
                         'out --layer')
    from oadp_mm.datasets import LoadImage  # slow imports: only when run
    from oadp_mm.pictures.heat_maps import draw_heat_maps
    from oadp_mm.pictures.picture_files import read_each
    from oadp_mm.probes.foreground import with_foreground
    from oadp_mm.probes.heat import heat_maps, only_channel, pointing
    from oadp_mm.probes.heat_objects import annotated_images
    from oadp_mm.probes.heat_words import column_titles, tell_apart
    from oadp_mm.probes.networks import read_networks

    words, asked = tell_apart(list(dict.fromkeys(args.words)))
    if not words:
        raise ValueError('no backbone is among what was given: add a checkpoint, the work_dir of a '
                         'training, or random')
    labelled = args.data or args.annotations
    annotated = annotated_images(args.data, args.annotations) if labelled else None
    chosen, others, notes = _images(asked, annotated, args.most)
    networks, foreground = read_networks(words, args.config), args.map == 'saliency'
    if foreground:
        networks = list(map(with_foreground, networks))
    pixels = {path: image[..., ::-1].copy() for path, image in
              read_each(chosen, asked or chosen, LoadImage(), notes)}
    maps = {}
    for title, network in zip(column_titles(networks), networks, strict=True):
        notes += network.notes
        maps[title] = heat_maps(network, list(pixels), others if args.statistics == 'clean' else (),
                                args.size, args.layer, only_channel if foreground else pointing)
        if not any(heat.any() for heat in maps[title]):
            del maps[title]
            notes.append(f'{network.name} has no heat map: in each image its features are the same '
                         'everywhere')
    if not maps:
        raise ValueError('none of these backbones has a heat map: in each image their features are '
                         'the same everywhere, so that they have collapsed or were never filled')
    outlines, captions = None, {}
    if annotated:
        inside = {title: [annotated.inside(path, heat) for path, heat in
                          zip(pixels, maps[title], strict=True)] for title in maps}
        outlines = [annotated.corners(path) for path in pixels]
        captions = {title: [f'{each.share:.0%} in objects' if each else '' for each in found]
                    for title, found in inside.items()}
        captions['image'] = [f'objects: {each.chance:.0%}' if each else '' for each in
                             next(iter(inside.values()))]
        notes += _tell(inside, list(pixels), args.json)
        notes += _too_coarse(annotated, list(pixels), networks, args)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    draw_heat_maps(list(pixels.values()), maps, outlines, captions,
                   'foreground' if foreground else '').savefig(args.out, dpi=args.dpi)
    print(shown(args.out))
    for note in notes:
        print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
    return 0


def _images(asked: Sequence[Path], annotated: Annotated | None, most: int,
            ) -> tuple[list[Path], list[Path], list[str]]:
    """Images to draw, those that statistics are taken of, and notes."""
    from oadp_mm.datasets.image_files import images_below
    from oadp_mm.pictures.picture_files import chosen_images
    from oadp_mm.probes.clean_statistics import STATISTICS
    from oadp_mm.probes.data import evenly

    if not asked and not annotated:
        raise ValueError('no image is among what was given: add image files, a folder of them, or '
                         '--data')
    chosen, notes = chosen_images(asked, most)
    others = list(annotated.others) if annotated else [
        Path(each) for path in asked for each in (images_below(path) if path.is_dir() else [path])]
    if annotated:
        notes += annotated.notes
    return (list(chosen) if asked or not annotated else annotated.some(most),
            [others[i] for i in evenly(len(others), STATISTICS)], notes)


def _too_coarse(annotated: Annotated, paths: Sequence[Path], networks: Sequence[Network],
                args: argparse.Namespace) -> list[str]:
    """A sentence where a cell of the coarsest map is larger than most objects."""
    from oadp_mm.probes.whole_maps import choose_layer, stride_of

    stride = max(stride_of(choose_layer(network.backbone, args.layer), network.name)
                 for network in networks)
    wanted = annotated.resolving_size(paths, stride)
    return [f'at --size {args.size} a cell of the maps is larger than the median object and cannot '
            f'tell it from what is around: --size {wanted} would mend it'
            ] if -(-args.size // stride) * stride < wanted else []


def _tell(inside: Mapping[str, Sequence[Inside | None]], paths: Sequence[Path],
          target: Path | None) -> list[str]:
    """Print the table of shares, and write them all; a sentence where images have none."""
    from statistics import fmean

    from rich.console import Console

    from oadp_mm.files.whole_file import write_text
    from oadp_mm.reports.tables import Table, terminal_table

    rows, count = [], 0
    for title, found in inside.items():
        if known := [each for each in found if each]:
            count = len(known)
            share, chance = (fmean(values) for values in zip(*known, strict=True))
            rows.append([title, f'{100 * share:.1f}', f'{100 * chance:.1f}',
                         f'{share / chance:.2f}'])
    Console(highlight=False).print(terminal_table(
        Table(['', 'in objects %', 'by chance %', 'ratio'], rows), 'energy of maps on objects',
        f"mean of {count} images; chance: the boxes' share of them"))
    if target:
        told = {title: {str(path): each and each._asdict() for path, each in
                        zip(paths, found, strict=True)} for title, found in inside.items()}
        target.parent.mkdir(parents=True, exist_ok=True)
        write_text(target, json.dumps(told, indent=1) + '\n')
    less = len(paths) - count
    return [f'{less} of {len(paths)} images have no annotated object or no map'] if less else []
