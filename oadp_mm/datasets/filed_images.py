"""Which image of the files that tell of a folder's images a path is."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from jaxtyping import Float64

from oadp_mm.datasets.image_files import file_length
from oadp_mm.files.proposals import ProposalIndex
from oadp_mm.files.shown import shown

File = TypeVar('File', bound=ProposalIndex)
#: From a name to the number of the image in a file, or None.
_NumberOf = Callable[[str], int | None]


class FiledImages(Generic[File]):
    """Images that files tell of, each known by the end of its path.

    Of `a/b/c.jpg` a file may hold `b/c.jpg`, if it was made of the folder `a`, or `c.jpg`. The
    longest end counts, with the name of the folder that a file was made of, among all files. So
    folders may be moved and renamed. It takes no memory in data workers beside the training's.

    Args:
        files: of one kind, by their paths; at least one.
    """

    def __init__(self, files: Mapping[str, File]) -> None:
        self.files = files
        self._searches: list[_NumberOf] = [_Search(file.names) for file in files.values()]

    def check(self, paths: Sequence[str]) -> list[tuple[File, int]]:
        """The files that images are in, and their numbers there, compared by the files' bytes.

        Raises:
            ValueError: some are in no file, or another image of that name is, or several files
                claim one.
        """
        numbers = [dict(zip(file.names.tolist(), range(len(file)), strict=True)).get
                   for file in self.files.values()]
        found = [self._find(path, numbers) for path in paths]
        kind, make = self._words()
        names = ', '.join(self.files)
        if lacking := [path for path, place in zip(paths, found, strict=True) if place is None]:
            folders = ', '.join(str(file.meta.get('folder', '?')) for file in self.files.values())
            raise ValueError(shown(
                f'{names} has no {kind} of {len(lacking)} of {len(paths)} images, such as '
                f'{lacking[0]}, only those of {sum(map(len, self.files.values()))} images of '
                f'{folders}: make them by {make}'))
        places = [place for place in found if place is not None]
        if changed := [path for path, (file, number) in zip(paths, places, strict=True)
                       if _differ(file.lengths[number], file_length(path))]:
            raise ValueError(shown(
                f'{names} has {kind} of other images than {len(changed)} of these {len(paths)}, '
                f'such as {changed[0]}, whose file has another number of bytes: make those of your '
                f'images by {make} --overwrite'))
        return places

    def find(self, results: Mapping[str, Any],
             ) -> tuple[File, int, Float64[np.ndarray, ' 4'] | None]:
        """Where the files tell of a decoded image.

        Args:
            results: `img_path` and `img` of the image, a JPEG perhaps at a fraction of its size.

        Returns:
            The file that it is in, its number there, and what boxes in pixels of the whole image
            are multiplied by in `img`; None of an image that was unreadable for who made the file.

        Raises:
            ValueError: it is in no file, or in several, or its data set tells no path, or it had
                another size when the file was made.
        """
        kind, make = self._words()
        if (path := results.get('img_path')) is None:
            raise ValueError(f'{kind} are found by the `img_path` of an image, which its data set '
                             'does not tell: take one of image files, such as oadp_mm.ImageFolder')
        if (found := self._find(path, self._searches)) is None:
            self.check([path])
            raise AssertionError('what is not found is lacking')
        file, number = found
        size, (height, width) = file.sizes[number], results['img'].shape[:2]
        if not size.all():
            return file, number, None
        # A JPEG decoded at 1/k has ceil(side / k) pixels a side.
        fraction = round(size[0] / height) or 1
        if not (np.ceil(size / fraction) == (height, width)).all():
            raise ValueError(shown(
                f'{path} has {height} x {width} pixels, but its namesake in '
                f'{", ".join(self.files)} had {size[0]} x {size[1]}: make the {kind} of this '
                f'image\'s folder by {make}'))
        return file, number, np.tile((width, height) / size[::-1], 2)

    def _find(self, path: str, numbers: Iterable[_NumberOf]) -> tuple[File, int] | None:
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
                f'holds them all, by {self._words()[1]}'))
        return list(self.files.values())[first], places[first].number

    def _words(self) -> tuple[str, str]:
        """What the files hold, and the command that makes one."""
        kind = next(iter(self.files.values())).KIND
        return kind, f'oadp-mm {kind} FOLDER --out FILE'


def _differ(length: int, other: int) -> bool:
    return -1 not in (length, other) and length != other


class _Place(NamedTuple):
    """How many names at the end of an image's path a file has, 0 if it is in none of its folders;
    whether the folder is among them; and the image's number."""

    names: int
    with_folder: bool = False
    number: int = -1


def _place(path: str, file: ProposalIndex, number_of: _NumberOf) -> _Place:
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
