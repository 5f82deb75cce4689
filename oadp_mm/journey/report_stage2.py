"""What ORL's second stage found, as the pictures that it left beside its files."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from oadp_mm.journey.orl import CORRESPONDENCES, NEIGHBOURS, file_of
from oadp_mm.reports.page import Picture, embed_image

CAPTIONS = {
    NEIGHBOURS: 'Some images, each with its nearest others by what stage 1 has learned, and their '
                'cosines. Are they alike in what matters to you?',
    CORRESPONDENCES: 'Pairs of boxes in neighbours that stage 3 learns to see as the same: above '
                     'the most alike of all images, below pairs of all ranks. The most alike are '
                     'often plain surfaces, such as sky or black corners, and tell little: judge '
                     'by those below whether the boxes show the same kind of thing.'}
#: Pixels of a side at most.
_SIDE = 1600


def stage2_pictures(folder: Path) -> Iterator[Picture]:
    """Those of the folder that `oadp-mm orl` or `compare` worked in; damaged ones are left out."""
    for name, caption in CAPTIONS.items():
        try:
            with Image.open(file_of(name, folder).with_suffix('.png')) as image:
                small = image.convert('RGB')
        except OSError:  # also of what is no picture
            continue
        small.thumbnail((_SIDE, _SIDE))
        yield embed_image(small, caption)
