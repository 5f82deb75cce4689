"""What the commands share that look at a folder's images with a trained network."""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oadp_mm.files.shown import shown

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from oadp_mm.probes.networks import Network

#: Unreadable images that are named.
NAMED = 5


def add_arguments(parser: argparse.ArgumentParser, what: str) -> None:
    """Those of both commands.

    Args:
        parser: of the command.
        what: of an image the network sees.
    """
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument('folder', metavar='FOLDER',
                        help='folder with images, or the word nuclei')
    parser.add_argument('--from', dest='source', required=True, metavar='RUN|FILE',
                        help="a training's folder, whose newest readable checkpoint is taken, or a "
                        'file with a backbone')
    parser.add_argument('--out', required=True, type=Path, metavar='FILE', help='.npz to write')
    parser.add_argument('--size', type=int, default=224, metavar='PX',
                        help=f'side of {what} as the network sees it (%(default)s)')
    parser.add_argument('--statistics', choices=('own', 'clean'), default='own',
                        help="of batch norms: the file's, or measured on 256 of the images without "
                        'augmentation (%(default)s)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace a FILE of other images or settings')


def network_of(args: argparse.Namespace) -> Network:
    """The backbone that was given, and notes of what was assumed."""
    from oadp_mm.probes.networks import read_network

    network = read_network(args.source)
    note(*network.notes)
    if network.view_size not in (None, args.size):
        note(f'{args.source} was trained on views of {network.view_size} px and looks at --size '
             f'{args.size}: --size {network.view_size} is what it knows')
    return network


def note(*sentences: str) -> None:
    """Print what a user should know and need not mend."""
    for sentence in filter(None, sentences):
        print(f'oadp-mm: note: {shown(sentence)}', file=sys.stderr)


def note_unreadable(names: Sequence[str], images: int, what: str) -> None:
    """Name some images that could not be read and have no such thing, if there are any."""
    if names:
        more = ' and others' * (len(names) > NAMED)
        note(f'{len(names)} of {images} images cannot be read and have no {what}: '
             f'{", ".join(names[:NAMED])}{more}')


def save_sheet(figure: Figure, path: Path) -> None:
    """Write a PNG and say where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100, format='png')
    print(shown(path))


def picture(path: Path, sixteen_bit: str) -> np.ndarray:
    """An image for people, uint8 (h, w, 3), RGB."""
    from oadp_mm.datasets.image_files import read_image

    return read_image(path, sixteen_bit=sixteen_bit)[..., ::-1]  # type: ignore[arg-type]
