"""The object proposals of an image, out of a file of `oadp-mm proposals`."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.datasets.image_files import file_length
from oadp_mm.files.proposal_file import read_proposals
from oadp_mm.files.proposals import ProposalIndex, Proposals
from oadp_mm.files.shown import shown
from oadp_mm.ops.boxes import soco_filter
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadProposals(BaseTransform):
    """Give an image its proposals, filtered as SoCo does (`oadp_mm.ops.boxes.soco_filter`).

    An image is known by the end of its path: of `a/b/c.jpg` the file may hold `b/c.jpg`, if it was
    made of the folder `a`, or `c.jpg`. The longest end counts, with the name of the folder that a
    file was made of, among all files; and `check` compares the bytes of the images' files. So
    folders may be moved and renamed, and an image of the same name elsewhere is noticed. Where no
    box is left, or the engine could not read the image, the whole of it is the only one.

    Reads `img_path` and `img`; adds `proposals`, float64 (n, 4), (x1, y1, x2, y2) half-open in
    pixels of `img`, which may be a JPEG that was decoded at a fraction of its size.

    Args:
        files: of `oadp-mm proposals`, one or several; none: every image is one box.
        least_side: of a box, in pixels of the whole image.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no file of proposals, or `least_side` is below 1; of the call, if it holds
            no image of this name, or one of another size, or if several files claim the image.
    """

    def __init__(self, files: str | os.PathLike | Sequence[str | os.PathLike],
                 least_side: int = 32) -> None:
        if least_side < 1:
            raise ValueError(f'least_side must be at least 1 pixel, got {least_side}')
        paths = [files] if isinstance(files, str | os.PathLike) else list(files)
        self.least_side = least_side
        # Filtered at once: an engine finds over a thousand boxes an image, and a tenth stays.
        self.files = {str(path): read_proposals(
            Path(path), partial(soco_filter, min_side=least_side)) for path in paths}
        self._numbers = [_Search(file.names) for file in self.files.values()]

    def check(self, images: Iterable[str]) -> None:
        """Refuse images of which there are no proposals, or those of others, before a training.

        Raises:
            ValueError: there are some, or several files claim an image.
        """
        if not self.files:
            return
        numbers = [dict(zip(file.names.tolist(), range(len(file)), strict=True)).get
                   for file in self.files.values()]
        paths, lacking, changed = list(images), [], []
        for path in paths:
            if (found := self._find(path, numbers)) is None:
                lacking.append(path)
            elif -1 not in (lengths := (found[0].lengths[found[1]], file_length(path))) and (
                    lengths[0] != lengths[1]):
                changed.append(path)
        files = ', '.join(self.files)
        if lacking:
            folders = ', '.join(str(file.meta.get('folder', '?')) for file in self.files.values())
            raise ValueError(shown(
                f'{files} has no proposals of {len(lacking)} of {len(paths)} images, such as '
                f'{lacking[0]}, only those of {sum(map(len, self.files.values()))} images of '
                f'{folders}: make them by oadp-mm proposals FOLDER --out FILE'))
        if changed:
            raise ValueError(shown(
                f'{files} has proposals of other images than {len(changed)} of these {len(paths)}, '
                f'such as {changed[0]}, whose file has another number of bytes: make those of your '
                'images by oadp-mm proposals FOLDER --out FILE --overwrite'))

    def transform(self, results: dict) -> dict:
        height, width = results['img'].shape[:2]
        if not self.files:
            return {**results, 'proposals': np.array([[0.0, 0, width, height]])}
        path = results.get('img_path')
        if path is None:
            raise ValueError('proposals are found by the `img_path` of an image, which its data '
                             'set does not tell: take one of image files, such as '
                             'oadp_mm.ImageFolder, or let its items hold `proposals`')
        if (found := self._find(path, self._numbers)) is None:
            self.check([path])
            raise AssertionError('what is not found is lacking')
        file, number = found
        proposals, size = file.at(number), file.sizes[number]
        if not size.all():
            return {**results, 'proposals': np.array([[0.0, 0, width, height]])}
        # A JPEG decoded at 1/k has ceil(side / k) pixels a side.
        fraction = round(size[0] / height) or 1
        if not (np.ceil(size / fraction) == (height, width)).all():
            raise ValueError(shown(
                f'{path} has {height} x {width} pixels, but its namesake in '
                f'{", ".join(self.files)} had {size[0]} x {size[1]}: make the proposals of this '
                'image\'s folder by oadp-mm proposals FOLDER --out FILE'))
        return {**results, 'proposals': proposals * np.tile((width, height) / size[::-1], 2)}

    def _find(self, path: str, numbers: Sequence[Callable[[str], int | None]],
              ) -> tuple[Proposals, int] | None:
        """The file that an image is in, and its number there.

        Raises:
            ValueError: there are several.
        """
        places = [_place(path, file, number)
                  for file, number in zip(self.files.values(), numbers, strict=True)]
        best = max(place.names for place in places)
        if not best:
            return None
        first, *others = (i for i, place in enumerate(places) if place.names == best)
        if others:
            names = list(self.files)
            raise ValueError(shown(
                f'{path} may be in {names[first]} as well as in {names[others[0]]}, by the end of '
                'its path: give the one that is of its folder, or make one file of a folder that '
                'holds them all, by oadp-mm proposals FOLDER --out FILE'))
        return list(self.files.values())[first], places[first].number

    def __repr__(self) -> str:
        return f'{type(self).__name__}(files={list(self.files)}, least_side={self.least_side})'


class _Place(NamedTuple):
    """How many names at the end of an image's path a file has, 0 if it is in none of its folders;
    whether the folder is among them; and the image's number."""

    names: int
    with_folder: bool = False
    number: int = -1


def _place(path: str, file: ProposalIndex, number_of: Callable[[str], int | None]) -> _Place:
    """The longest end of a path that a file has."""
    places = [_Place(0)]
    parts = os.path.abspath(path).split('/')
    for i in range(len(parts)):
        if (number := number_of('/'.join(parts[i:]))) is not None:
            in_folder = i > 0 and shown(parts[i - 1]) == file.meta.get('folder')
            places.append(_Place(len(parts) - i + in_folder, in_folder, number))
    return max(places)


class _Search:
    """The number of a name in a file, found without a dict, whose keys would be copied into each
    data worker as they are looked up."""

    def __init__(self, names: np.ndarray) -> None:
        self.names, self.order = names, np.argsort(names, kind='stable')

    def __call__(self, name: str) -> int | None:
        sought = np.array(name, self.names.dtype)  # or NumPy would widen all the others
        place = np.searchsorted(self.names, sought, sorter=self.order)
        if place < len(self.order) and self.names[number := int(self.order[place])] == name:
            return number
        return None
