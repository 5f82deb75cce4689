"""The object proposals of an image, out of a file of `oadp-mm proposals`."""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.files.proposal_file import Proposals, read_proposals
from oadp_mm.files.shown import shown
from oadp_mm.ops.boxes import soco_filter
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadProposals(BaseTransform):
    """Give an image its proposals, filtered as SoCo does (`oadp_mm.ops.boxes.soco_filter`).

    An image is known by the end of its path: of `a/b/c.jpg` the file may hold `b/c.jpg`, if it was
    made of the folder `a`, or `c.jpg`. Where no box is left, or the engine could not read the
    image, the whole of it is the only one.

    Reads `img_path` and `img`; adds `proposals`, float64 (n, 4), (x1, y1, x2, y2) half-open in
    pixels of `img`, which may be a JPEG that was decoded at a fraction of its size.

    Args:
        files: of `oadp-mm proposals`, one or several, an earlier one first; none: every image is
            one box.
        least_side: of a box, in pixels of the whole image.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no file of proposals, or `least_side` is below 1; of the call, if it holds
            no image of this name, or one of another size.
    """

    def __init__(self, files: str | os.PathLike | Sequence[str | os.PathLike],
                 least_side: int = 32) -> None:
        if least_side < 1:
            raise ValueError(f'least_side must be at least 1 pixel, got {least_side}')
        paths = [files] if isinstance(files, str | os.PathLike) else list(files)
        self.least_side = least_side
        # Filtered at once: an engine finds over a thousand boxes an image, and a tenth stays.
        self.files = {str(path): _filtered(read_proposals(Path(path)), least_side)
                      for path in paths}
        # Arrays, for a dict's keys would be copied into each data worker as they are looked up.
        self._orders = [np.argsort(file.names, kind='stable') for file in self.files.values()]

    def check(self, images: Iterable[str]) -> None:
        """Refuse images of which there are no proposals, before a training starts.

        Raises:
            ValueError: there are some.
        """
        if not self.files:
            return
        names = set().union(*(file.names.tolist() for file in self.files.values()))
        paths = list(images)
        if lacking := [path for path in paths if names.isdisjoint(_ends(path))]:
            folders = ', '.join(str(file.meta.get('folder', '?')) for file in self.files.values())
            raise ValueError(shown(
                f'{", ".join(self.files)} has no proposals of {len(lacking)} of {len(paths)} '
                f'images, such as {lacking[0]}, only those of {len(names)} images of {folders}: '
                'make them by oadp-mm proposals FOLDER --out FILE'))

    def transform(self, results: dict) -> dict:
        height, width = results['img'].shape[:2]
        if not self.files:
            return {**results, 'proposals': np.array([[0.0, 0, width, height]])}
        path = results.get('img_path')
        if path is None:
            raise ValueError('proposals are found by the `img_path` of an image, which its data '
                             'set does not tell: take one of image files, such as '
                             'oadp_mm.ImageFolder, or let its items hold `proposals`')
        proposals, size = self._find(path)
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

    def _find(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        """Boxes of an image and its height and width."""
        for file, order in zip(self.files.values(), self._orders, strict=True):
            for name in _ends(path):
                sought = np.array(name, file.names.dtype)  # or NumPy would widen all the others
                place = np.searchsorted(file.names, sought, sorter=order)
                if place < len(order) and file.names[order[place]] == name:
                    number = int(order[place])
                    return file.at(number), file.sizes[number]
        self.check([path])
        raise AssertionError('a name that is there is found')

    def __repr__(self) -> str:
        return f'{type(self).__name__}(files={list(self.files)}, least_side={self.least_side})'


def _filtered(file: Proposals, least_side: int) -> Proposals:
    kept = [soco_filter(file.at(number), height, width, least_side)
            for number, (height, width) in enumerate(file.sizes.tolist())]
    return replace(file, offsets=np.cumsum([0, *map(len, kept)]),
                   boxes=np.concatenate([file.boxes[:0], *kept]))


def _ends(path: str) -> Iterator[str]:
    """`a/b/c`, `b/c`, `c`: what a file's name may be below a folder, the longest first."""
    yield path
    while '/' in path:
        path = path.partition('/')[2]
        yield path
