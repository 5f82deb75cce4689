"""`oadp-mm proposals FOLDER --out FILE`: boxes that may hold objects, for SoCo and ORL."""
from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from oadp_mm.datasets.proposals.image_list import ImageList
    from oadp_mm.files.proposals import ProposalIndex, Proposals
    from oadp_mm.probes.proposal_recall import Annotated

HELP = 'make object proposals of the images of a folder, or check them on annotated objects'
EXAMPLE = """
examples:
  oadp-mm proposals photos --out photos.npz
  oadp-mm proposals --check photos.npz --annotations instances.json

What is done of FILE is kept in FILE.parts: the same command goes on after an interruption.

methods:
  fast         selective search at 320 px: scales 50, 100 and 200, with and without colour
  soco-code    scale 300, sigma .9, at least 100 px a segment, whole images, as SoCo's code has it
  soco-paper   scale 500, sigma .9, at least 10 px a segment, whole images, as its paper says
  opencv-fast  OpenCV's, where its ximgproc is installed

docs/proposals.md tells more.
"""
#: Images of the sheet, and unreadable ones that are named.
DRAWN, NAMED = 6, 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument('folder', nargs='?', type=Path, metavar='FOLDER',
                        help='folder with images, or the word nuclei; with --check: where the '
                        'images of COCO.json lie, if not beside it')
    parser.add_argument('--out', type=Path, metavar='FILE', help='.npz to write')
    parser.add_argument('--method', default='fast', choices=(
        'fast', 'soco-code', 'soco-paper', 'opencv-fast'), help='see below (%(default)s)')
    parser.add_argument('--scales', type=_numbers, metavar='K,...',
                        help='of the segmentation, instead of the method\'s')
    parser.add_argument('--sigma', type=float, metavar='PX', help='of the smoothing, likewise')
    parser.add_argument('--min-size', type=int, metavar='PX', help='of a segment, likewise')
    parser.add_argument('--long-side', type=int, metavar='PX',
                        help='to which images are reduced, likewise; 0: whole images')
    parser.add_argument('--sixteen-bit', default='range', choices=('range', 'minmax'),
                        help='how 16-bit images become 8-bit ones (%(default)s)')
    parser.add_argument('--seed', type=int, default=0, help='of the ranking (%(default)s)')
    parser.add_argument('--processes', type=int, metavar='N',
                        help='that work at once (default: one a core)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace a FILE of other images or parameters')
    parser.add_argument('--check', type=Path, metavar='FILE',
                        help='print how many annotated objects the proposals find, and draw some')
    parser.add_argument('--annotations', type=Path, metavar='COCO.json',
                        help="objects, in the form of COCO's instances")
    parser.add_argument('--sheet', type=Path, metavar='PNG',
                        help='where --check draws (default: FILE.png)')


def run(args: argparse.Namespace) -> int:
    if args.check:
        return _check(args)
    if args.folder is None or args.out is None:
        raise ValueError('proposals are made by oadp-mm proposals FOLDER --out FILE, and checked '
                         'by oadp-mm proposals --check FILE --annotations COCO.json')
    return _make(args)


def _make(args: argparse.Namespace) -> int:
    for name, value, least in (('processes', args.processes, 1), ('seed', args.seed, 0)):
        if value is not None and value < least:
            raise ValueError(f'--{name} must be {least} or more, got {value}')
    import numpy as np  # slow imports: only when run

    from oadp_mm.datasets.decoding import lost_to_range
    from oadp_mm.datasets.proposals.finished import finished
    from oadp_mm.datasets.proposals.making import Task
    from oadp_mm.datasets.proposals.methods import engine_of
    from oadp_mm.files.proposal_file import FORM, read_index
    from oadp_mm.journey.proposals import cores, images_of, make

    changes = {name: getattr(args, name) for name in ('scales', 'sigma', 'min_size', 'long_side')
               if getattr(args, name) is not None}
    if 'long_side' in changes:
        changes['long_side'] = changes['long_side'] or None
    engine = engine_of(args.method, changes)
    images, out = images_of(args.folder), args.out.resolve()
    task = Task(images, args.method, engine, args.seed, args.sixteen_bit)
    began = time.monotonic()
    proposals = finished(out, task, read_index, FORM, args.overwrite)
    if proposals is not None:
        print(f'{shown(args.out)} is there already.')
    else:
        proposals = make(task, out, args.processes or cores())
        print(f'{shown(args.out)}: made in {time.monotonic() - began:.1f} s.')
    counts = np.diff(proposals.offsets)
    print(f'{len(proposals)} images of {shown(args.folder)}, {counts.mean():.0f} '
          f'proposals each ({counts.min()} to {counts.max()})')
    dark = args.sixteen_bit == 'range' and lost_to_range(proposals.meta['bits'] or 16)
    notes = [f'{dark}: --sixteen-bit minmax stretches each over all levels'] if dark else []
    for note in (images.note, *_unreadable(proposals, images), *notes):
        if note:
            print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
    return 0


def _unreadable(proposals: ProposalIndex, images: ImageList) -> list[str]:
    """They have no proposals; a training replaces them, and stops where they are many."""
    from oadp_mm.datasets.decoding import UnreadableImage
    from oadp_mm.datasets.image_files import read_image

    bad = [name for name, size in zip(proposals.names.tolist(), proposals.sizes, strict=True)
           if not size.all()]
    notes = [f'{len(bad)} of {len(proposals)} images cannot be read and have no proposals, such '
             'as these'] * bool(bad)
    for name in bad[:NAMED]:
        try:
            read_image(images.folder / name)
        except UnreadableImage as error:
            notes.append(str(error))
    if len(bad) == len(proposals):
        raise UnreadableImage('no image can be read: ' + '; '.join(notes[1:]))
    return notes


def _check(args: argparse.Namespace) -> int:
    if args.annotations is None:
        raise ValueError('--check compares proposals with annotated objects: add '
                         '--annotations COCO.json')
    from rich.console import Console

    from oadp_mm.files.proposal_file import read_proposals
    from oadp_mm.probes.proposal_recall import CAPTION, HEADER, annotated, recall_rows
    from oadp_mm.reports.tables import Table, terminal_table

    proposals = read_proposals(args.check)
    images, notes = annotated(proposals, args.annotations, args.folder)
    title = f'{shown(args.check.name)} on {len(images)} images of {shown(args.annotations.name)}'
    table = Table(HEADER, recall_rows(proposals, images))
    Console(highlight=False).print(terminal_table(table, title, CAPTION))
    for note in notes:
        print(f'oadp-mm: note: {shown(note)}', file=sys.stderr)
    sheet = args.sheet or args.check.with_suffix('.png')
    sheet.parent.mkdir(parents=True, exist_ok=True)
    _sheet(proposals, images).savefig(sheet, dpi=80)
    print(shown(sheet))
    return 0


def _sheet(proposals: Proposals, images: Sequence[Annotated]) -> Figure:
    from oadp_mm.datasets.image_files import read_image
    from oadp_mm.ops.boxes import soco_filter
    from oadp_mm.pictures.proposals import Row, draw_proposals
    from oadp_mm.probes.data import evenly
    from oadp_mm.probes.proposal_recall import FOUND, closest

    rows = []
    for image in (images[i] for i in evenly(len(images), DRAWN)):
        boxes = soco_filter(proposals.at(image.number), *image.size)
        every = proposals.at(image.number)
        overlaps, which = closest(every, image.objects)
        rows.append(Row(read_image(image.path)[..., ::-1], boxes, image.objects,
                        every[which[which >= 0]], overlaps[which >= 0] >= FOUND))
    return draw_proposals(rows, "that SoCo's filter leaves")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(map(float, text.split(',')))
    except ValueError:
        raise argparse.ArgumentTypeError(f'expected numbers such as 50,100,200, got {text!r}'
                                         ) from None
