"""Maps of classes as PNGs: what classes they hold, and lists of those that belong to images."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import ExifTags, Image

from oadp_mm.datasets.image_header import DAMAGE
from oadp_mm.datasets.labelled.labelled import Maps, Split
from oadp_mm.files.whole_file import write_text

#: The number of a pixel without a class, in every host.
NONE = 255


class Shown(NamedTuple):
    """What the maps of a split hold.

    Args:
        classes: of each map, without `NONE`.
        sides: the shorter one of each, in pixels.
        unlabelled: whether some pixel has no class.
        digest: stands for all of them.
    """

    classes: tuple[frozenset[int], ...]
    sides: tuple[int, ...]
    unlabelled: bool
    digest: str


def write_list(names: Sequence[str], images: Path, masks: Path, image_ending: str, out: Path,
               split: Split) -> Maps:
    """The maps of these images, listed in `out/SPLIT.txt`."""
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / f'{split}.txt', ''.join(f'{name}\n' for name in names))
    return Maps(out / f'{split}.txt', images, masks, image_ending)


def read_maps(maps: Maps) -> Shown:
    """Look into each map of a list, and at the size of its image.

    Raises:
        ValueError: a map is no image of one number a pixel, or of another size than its image.
    """
    classes, sides, digest = [], [], hashlib.sha256()
    for name in maps.names:
        mask, image = (maps.masks / f'{name}{maps.mask_ending}',
                       maps.images / f'{name}{maps.image_ending}')
        try:
            with Image.open(mask) as file:
                labels = np.asarray(file)
            size = _loaded_size(image)
        except DAMAGE as error:
            raise ValueError(f'{mask} or its image {image.name} cannot be read ({error}): give '
                             'whole images, and masks as PNG') from error
        if labels.ndim != 2 or labels.dtype != np.uint8:
            raise ValueError(f'{mask} is no map of one byte a pixel but of shape {labels.shape} '
                             f'and {labels.dtype}: give the number of each pixel\'s class')
        if labels.shape != size[::-1]:
            raise ValueError(f'{mask} is of {labels.shape[1]}x{labels.shape[0]} pixels and its '
                             f'image, as hosts load it, of {size[0]}x{size[1]}: give masks of '
                             'the images\' size')
        classes.append(frozenset(np.flatnonzero(np.bincount(labels.ravel())).tolist()))
        sides.append(min(size))
        digest.update(name.encode() + np.ascontiguousarray(labels).tobytes())
    return Shown(tuple(each - {NONE} for each in classes), tuple(sides),
                 any(NONE in each for each in classes), digest.hexdigest())


def _loaded_size(path: Path) -> tuple[int, int]:
    """Width and height of an image as hosts load it, by OpenCV, which turns some photos upright."""
    with Image.open(path) as file:
        width, height = file.size
        lying = file.getexif().get(ExifTags.Base.Orientation, 1) > 4
    if lying and (pixels := cv2.imread(str(path))) is not None:
        height, width = pixels.shape[:2]
    return width, height


def map_classes(folders: Sequence[Path], shown: Sequence[Shown]) -> tuple[str, ...]:
    """Names of the classes: of the first `classes.json`, else their numbers.

    Args:
        folders: where `classes.json` may lie: a list of names, or one under `semantic` or
            `classes`.
        shown: by all maps.

    Raises:
        ValueError: the maps hold other classes than it names, or fewer than two.
    """
    found = sorted(set().union(*(each for part in shown for each in part.classes)))
    if len(found) < 2:
        binary = found == [0] and any(part.unlabelled for part in shown)
        raise ValueError(
            'the masks hold only 0 and 255, which stands for no class: write 1 instead of 255'
            if binary else f'the masks hold only the classes {found}, so that there is nothing to '
            'tell apart: give masks of at least two, the background being one')
    told = next((folder / 'classes.json' for folder in folders
                 if (folder / 'classes.json').is_file()), None)
    if told is None:
        return tuple(map(str, range(found[-1] + 1)))
    names = json.loads(told.read_bytes())
    if isinstance(names, dict):
        names = names.get('semantic', names.get('classes'))
    if not isinstance(names, list) or found[-1] >= len(names):
        raise ValueError(f'{told} does not name the class {found[-1]}, which the masks hold: give '
                         'a list of the names of 0, 1, ...')
    return tuple(map(str, names))
