"""`oadp-mm correspondences FOLDER --from RUN ...`: boxes of neighbours that are alike, for ORL."""
from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from oadp_mm.cli import discovery_options as options
from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from oadp_mm.discovery.correspondences import Task
    from oadp_mm.files.correspondences import Correspondences

HELP = 'find boxes of each image that correspond to boxes of its neighbours, for ORL'
EXAMPLE = """
example:
  oadp-mm neighbours photos --from work_dirs/stage1 --out neighbours.npz
  oadp-mm proposals photos --out proposals.npz
  oadp-mm correspondences photos --from work_dirs/stage1 --neighbours neighbours.npz \\
    --proposals proposals.npz --out correspondences.npz --sheet correspondences.png

What is done of FILE is kept in FILE.parts: the same command goes on after an interruption.
docs/correspondences.md tells more.
"""
#: Pairs of the sheet, and what stands above each half of them.
DRAWN = 18
HEADINGS = ('The most alike: often plain surfaces, such as sky or black corners, which are alike '
            'in any images', 'At equal distances over all ranks: what stage 3 mostly learns from')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_arguments(parser, 'a box')
    parser.epilog = EXAMPLE
    parser.add_argument('--neighbours', required=True, type=Path, metavar='FILE',
                        help='of oadp-mm neighbours, of the same images')
    parser.add_argument('--proposals', required=True, type=Path, metavar='FILE',
                        help='of oadp-mm proposals, likewise')
    parser.add_argument('--min-side', type=int, default=96, metavar='PX',
                        help='least side of a box (%(default)s)')
    parser.add_argument('--most', type=int, default=100, metavar='N',
                        help='boxes of an image (%(default)s)')
    parser.add_argument('--share', type=float, default=.1, metavar='S',
                        help="of an image's boxes, the number of pairs with each neighbour "
                        '(%(default)s)')
    parser.add_argument('--sheet', type=Path, metavar='PNG',
                        help=f'draw {DRAWN} pairs of boxes: the most alike, and some of all ranks')


def run(args: argparse.Namespace) -> int:
    import numpy as np  # slow imports: only when run

    from oadp_mm.datasets.proposals.finished import finished
    from oadp_mm.discovery.correspondences import Filter, Task, make_correspondences
    from oadp_mm.discovery.encoder import Encoder
    from oadp_mm.discovery.following import on_terminal
    from oadp_mm.files.correspondence_file import FORM, read_correspondences
    from oadp_mm.files.neighbour_file import read_neighbours
    from oadp_mm.journey.proposals import cores, images_of
    from oadp_mm.stages.interrupts import end_as_interrupt

    neighbours, images = read_neighbours(args.neighbours), images_of(args.folder)
    encoder = Encoder(options.network_of(args), args.size, statistics=args.statistics)
    task = Task(images, encoder, neighbours, args.proposals,
                Filter(min_side=args.min_side, most=args.most), args.share)
    began = time.time()
    made = finished(args.out, task, read_correspondences, FORM, args.overwrite)
    if made is not None:
        print(f'{shown(args.out)} is there already.')
    else:
        with end_as_interrupt():
            made = make_correspondences(task, args.out.resolve(), cores(), on_terminal)
        print(f'{shown(args.out)}: made in {time.time() - began:.1f} s.')
    known = made.sizes.all(1)
    boxes, pairs = np.diff(made.offsets)[known], np.diff(made.pair_offsets)[known]
    print(f'{len(made)} images of {shown(args.folder)}, {boxes.mean():.1f} boxes each '
          f'({boxes.min()} to {boxes.max()}), {pairs.mean() / made.neighbours.shape[1]:.1f} pairs '
          f'with each of {made.neighbours.shape[1]} neighbours')
    options.note(images.note, _too_small(made, args.min_side), task.note)
    options.note_unreadable(made.names[~known].tolist(), len(made), 'boxes')
    if args.sheet:
        options.save_sheet(_sheet(made, task, shown(args.folder)), args.sheet)
    return 0


def _too_small(made: Correspondences, min_side: int) -> str:
    """How many images have none but a box that the filter would not take, and what would be one."""
    import numpy as np

    known = made.sizes.all(1)
    first = made.boxes[made.offsets[:-1][known]]
    small = int(((first[:, 2:] - first[:, :2]).min(1) < min_side).sum())
    if not small:
        return ''
    shorter = int(np.median(made.sizes[known].min(1)))
    return (f'{small} of {len(first)} images have no box of {min_side} px or more, and one of '
            f'another size instead: --min-side {max(1, shorter // 5)} is a fifth of their median '
            'shorter side, as 96 px of the photos of COCO')


def _sheet(made: Correspondences, task: Task, folder: str) -> Figure:
    from oadp_mm.discovery.ranked import Ranked, ranked
    from oadp_mm.pictures.correspondences import Pair, draw_correspondences

    def seen(number: int) -> np.ndarray:
        return options.picture(task.images.folder / str(made.names[number]),
                               task.encoder.network.sixteen_bit)

    def pair(each: Ranked) -> Pair:
        return Pair((seen(each.image), seen(each.neighbour)), (each.box, each.other),
                    (str(made.names[each.image]), str(made.names[each.neighbour])), each.rank,
                    each.cosine)

    groups = zip(HEADINGS, ranked(made, DRAWN), strict=True)
    return draw_correspondences(
        {heading: [pair(each) for each in found] for heading, found in groups if found},
        f'The best pair of boxes of two neighbours, of {(made.neighbours >= 0).sum():,} '
        f'such of {folder}, by rank, each image once')
