"""Object proposals of a folder's images in one file, which SoCo's and ORL's readers filter.

A NumPy `.npz` of

names    (n,) text: paths below the folder, with forward slashes, sorted
sizes    int32 (n, 2): height and width of each image, upright
offsets  int64 (n + 1,): image i has boxes[offsets[i]:offsets[i + 1]]
boxes    int32 (m, 4): (x1, y1, x2, y2), half-open, in pixels of the whole image
meta     JSON: format, and what the boxes depend on
"""
from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from oadp_mm.files.shown import shown
from oadp_mm.files.whole_file import replace_file

FORMAT = 'oadp_mm.proposals/1'
_ARRAYS = ('names', 'sizes', 'offsets', 'boxes')
#: What NumPy raises on a file that is none of its own, is cut off, or holds pickled objects.
_DAMAGE = (ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Proposals:
    """Boxes of the images of a folder.

    Args:
        names: (n,) paths below the folder, with forward slashes.
        sizes: int32 (n, 2), height and width in pixels; 0 of an image that could not be read.
        offsets: int64 (n + 1,), see above.
        boxes: int32 (m, 4), in the engine's rank order within an image.
        meta: JSON's types: method, parameters, version, digest of the image list, folder.
    """

    names: np.ndarray
    sizes: np.ndarray
    offsets: np.ndarray
    boxes: np.ndarray
    meta: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.names)

    def of(self, name: str) -> np.ndarray:
        """The boxes of an image, int32 (k, 4), k may be 0.

        Raises:
            ValueError: the file has no such image.
        """
        return self.at(self.number(name))

    def at(self, number: int) -> np.ndarray:
        """The boxes of the image of this number, int32 (k, 4)."""
        return self.boxes[self.offsets[number]:self.offsets[number + 1]]

    def number(self, name: str) -> int:
        """Which image it is.

        Raises:
            ValueError: the file has no such image.
        """
        try:
            return self._numbers[name]
        except KeyError:
            such = f', such as {self.names[0]}' if len(self) else ''
            raise ValueError(shown(
                f'there are no proposals of {name}: the file has those of {len(self)} images of '
                f'the folder {self.meta.get("folder", "?")}{such}; make one of your images by '
                'oadp-mm proposals FOLDER --out FILE')) from None

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names.tolist())}


def write_proposals(path: Path, proposals: Proposals) -> None:
    """Write a file whole; the same proposals give the same bytes."""
    meta = json.dumps({'format': FORMAT, **proposals.meta}, sort_keys=True)
    arrays = {**{name: getattr(proposals, name) for name in _ARRAYS}, 'meta': np.array(meta)}

    def write(partial: Path) -> None:
        # As np.savez_compressed, in a fifth of its time for 5 % more bytes.
        with zipfile.ZipFile(partial, 'w', zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, array in arrays.items():
                with archive.open(f'{name}.npy', 'w', force_zip64=True) as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)

    replace_file(path, write)


def read_proposals(path: Path) -> Proposals:
    """Read a file.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged, or no file of proposals.
    """
    if not path.is_file():
        raise FileNotFoundError(f'there are no proposals {shown(path)}: make them by '
                                f'oadp-mm proposals FOLDER --out {shown(path)}')
    try:
        # A handle of our own: NumPy leaves its open on some damage.
        with path.open('rb') as handle, np.load(handle, allow_pickle=False) as file:
            meta = json.loads(str(file['meta']))
            proposals = Proposals(**{name: file[name] for name in _ARRAYS}, meta=meta)
        whole = meta['format'] == FORMAT and _is_whole(proposals)
    except _DAMAGE:
        whole = False
    if not whole:
        raise ValueError(f'{shown(path)} is no file of proposals of the form {FORMAT}, or it is '
                         f'damaged: make it anew by oadp-mm proposals FOLDER --out {shown(path)}')
    return proposals


def _is_whole(proposals: Proposals) -> bool:
    names, sizes, offsets, boxes = (getattr(proposals, name) for name in _ARRAYS)
    return (names.dtype.kind == 'U' and sizes.dtype == boxes.dtype == np.int32
            and offsets.dtype == np.int64 and sizes.shape == (len(names), 2)
            and offsets.shape == (len(names) + 1,) and boxes.shape[1:] == (4,)
            and offsets[0] == 0 and offsets[-1] == len(boxes)
            and bool((np.diff(offsets) >= 0).all()))
