"""The images of a pretraining before it begins: how many, how large, and whether they are any."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from oadp_mm.datasets.decoding import UnreadableImage, decode_image
from oadp_mm.datasets.image_files import convertible, image_bytes, left_out_text, sort_out
from oadp_mm.datasets.image_header import read_header
from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import NUCLEI
from oadp_mm.probes.data import evenly

#: Images whose headers are read, from all over the folder.
LOOKED_AT = 256


class Images(NamedTuple):
    """The images of a folder.

    Args:
        number: of all.
        left_out: files that are not used, as text.
        sides: shorter side of each image that was looked at and can be read, in pixels.
        unreadable: why others cannot, a sentence each.
    """

    number: int
    left_out: str
    sides: tuple[int, ...]
    unreadable: tuple[str, ...]


def look_at(folder: str) -> Images:
    """Count the images of a folder, or of the word `nuclei`, and read headers of some.

    Raises:
        FileNotFoundError: there is no such folder, or no image below it.
        UnreadableImage: none of those that were looked at can be read.
    """
    paths, left_out = list_images(folder)
    sides, unreadable = [], []
    for number in evenly(len(paths), LOOKED_AT):
        try:
            sides.append(_shorter_side(Path(paths[number])))
        except OSError as error:  # an UnreadableImage, too
            reason = error.strerror or str(error)
            unreadable.append(f'{shown(paths[number])}: {reason}')
    if not sides:
        raise UnreadableImage(f'none of {len(unreadable)} images of {shown(folder)} can be read, '
                              f'the first because {unreadable[0]}: repair them')
    return Images(len(paths), left_out, tuple(sides), tuple(unreadable))


def list_images(folder: str) -> tuple[Sequence[str], str]:
    """Paths of the images of a folder, or of the word `nuclei`, and what is left out as text.

    Raises:
        FileNotFoundError: there is no such folder, or no image below it.
    """
    if folder == NUCLEI:
        return [str(nuclei.FOLDER / f'images/{name}.jpg') for name in nuclei.names('train')], ''
    if not Path(folder).is_dir():
        what = 'a file' if Path(folder).exists() else 'not there'
        raise FileNotFoundError(f'{shown(folder)} is {what}: give a folder of images, or the word '
                                f'{NUCLEI} for those of the package')
    paths, left_out = sort_out(folder)
    others = left_out_text(left_out)
    if not paths:
        raise FileNotFoundError(
            f'{shown(folder)} holds no image{f" but {others}" if others else ""}: '
            f'{"convert them to JPEG or PNG" if convertible(left_out) else "give another folder"}')
    return paths, others


def _shorter_side(path: Path) -> int:
    data = image_bytes(path)
    header = read_header(data)
    if header is not None:
        return min(header.width, header.height)
    return min(decode_image(data).shape[:2])
