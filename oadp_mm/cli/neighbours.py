"""`oadp-mm neighbours FOLDER --from RUN --out FILE`: the images that a network finds alike."""
from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from oadp_mm.cli import discovery_options as options
from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from oadp_mm.discovery.neighbours import Task
    from oadp_mm.files.neighbour_file import Neighbours

HELP = 'find the nearest images of each image of a folder, by the embedding of a trained network'
EXAMPLE = """
example:
  oadp-mm neighbours photos --from work_dirs/stage1 --out neighbours.npz --sheet neighbours.png

What is done of FILE is kept in FILE.parts: the same command goes on after an interruption.
docs/correspondences.md tells more.
"""
#: Images of the sheet, and neighbours of each.
DRAWN, BESIDE = 10, 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_arguments(parser, "an image's centre")
    parser.epilog = EXAMPLE
    parser.add_argument('--neighbours', type=int, default=10, metavar='K',
                        help='of each image (%(default)s)')
    parser.add_argument('--embedding', choices=('projector', 'backbone'), default='projector',
                        help='rows that are compared (%(default)s)')
    parser.add_argument('--sheet', type=Path, metavar='PNG',
                        help=f'draw {DRAWN} images with their nearest')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.datasets.proposals.finished import finished  # slow imports: only when run
    from oadp_mm.discovery.encoder import Encoder
    from oadp_mm.discovery.following import on_terminal
    from oadp_mm.discovery.neighbours import Task, make_neighbours
    from oadp_mm.files.neighbour_file import FORM, read_neighbours
    from oadp_mm.journey.proposals import cores, images_of
    from oadp_mm.models.pretrainer import feature_channels
    from oadp_mm.probes.projectors import read_projector
    from oadp_mm.stages.interrupts import end_as_interrupt

    network, images = options.network_of(args), images_of(args.folder)
    projector = None
    if args.embedding == 'projector':
        projector = read_projector(args.source, feature_channels(network.backbone)[-1])
    encoder = Encoder(network, args.size, projector, args.statistics)
    task = Task(images, encoder, args.neighbours, args.embedding)
    began = time.time()
    made = finished(args.out, task, read_neighbours, FORM, args.overwrite)
    if made is not None:
        print(f'{shown(args.out)} is there already.')
    else:
        with end_as_interrupt():
            made = make_neighbours(task, args.out.resolve(), cores(), on_terminal)
        print(f'{shown(args.out)}: made in {time.time() - began:.1f} s.')
    known = made.neighbours[:, 0] >= 0
    count = made.neighbours.shape[1]
    print(f'{len(made)} images of {shown(args.folder)}, {count} neighbours each; cosine of the '
          f'nearest {made.cosines[known, 0].mean():.3f} on the average, of the last '
          f'{made.cosines[known, -1].mean():.3f}')
    options.note(images.note)
    options.note_unreadable(made.names[~known].tolist(), len(made), 'neighbours')
    if count < args.neighbours:
        options.note(f'each image has {count} neighbours, not {args.neighbours}: there are no more '
                     'others that can be read')
    if args.sheet:
        options.save_sheet(_sheet(made, task, shown(args.folder)), args.sheet)
    return 0


def _sheet(made: Neighbours, task: Task, folder: str) -> Figure:
    from oadp_mm.pictures.neighbours import Row, draw_neighbours
    from oadp_mm.probes.data import evenly

    known, rows = (made.neighbours[:, 0] >= 0).nonzero()[0], []
    for image in known[evenly(len(known), DRAWN)]:
        near = made.neighbours[image, :BESIDE]
        names = made.names[[image, *near]].tolist()
        pictures = [options.picture(task.images.folder / name, task.encoder.network.sixteen_bit)
                    for name in names]
        rows.append(Row(names[0], pictures, names[1:], made.cosines[image, :BESIDE].tolist()))
    return draw_neighbours(rows, f'Images of {folder} (framed) and those nearest to them, with '
                           'the cosines of their embeddings')
