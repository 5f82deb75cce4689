"""Object proposals of a folder's images in one file, which SoCo's and ORL's readers filter.

A NumPy `.npz` of

names    (n,) text: paths below the folder, with forward slashes, sorted
sizes    int32 (n, 2): height and width of each image, upright
lengths  int64 (n,): bytes of each image's file, by which a reader notices another image
offsets  int64 (n + 1,): image i has boxes[offsets[i]:offsets[i + 1]]
meta     JSON: format, the folder's name, and what the boxes depend on
boxes    int32 (m, 4): (x1, y1, x2, y2), half-open, in pixels of the whole image

ImageNet's boxes are 25 GB: they are written as they come, and filtered as they are read.
"""
from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TypeVar

import numpy as np

from oadp_mm.files.archive import Form, opened
from oadp_mm.files.proposals import ProposalIndex, Proposals
from oadp_mm.files.shown import shown
from oadp_mm.files.whole_file import replace_file

#: Boxes that are read at once, 2 MB, or those of one image.
CHUNK = 1 << 17

#: From the boxes of an image, its height and its width to those that stay.
Keep = Callable[[np.ndarray, int, int], np.ndarray]
Taken = TypeVar('Taken', bound=ProposalIndex)


def _fits(arrays: Mapping[str, np.ndarray]) -> bool:
    images, offsets = len(arrays['names']), arrays['offsets']
    return (arrays['sizes'].shape == (images, 2) and arrays['lengths'].shape == (images,)
            and offsets.shape == (images + 1,) and offsets[0] == 0
            and bool((np.diff(offsets) >= 0).all()))


#: But for the boxes, which are read in pieces.
FORM = Form('proposals', 2, {'names': np.str_, 'sizes': np.int32, 'lengths': np.int64,
                             'offsets': np.int64}, _fits)


def write_proposals(path: Path, proposals: Proposals) -> None:
    """Write a file whole; the same proposals give the same bytes."""
    write_in_pieces(path, proposals, [proposals.boxes])


def write_in_pieces(path: Path, index: ProposalIndex, boxes: Iterable[np.ndarray]) -> None:
    """As `write_proposals`, of boxes that need not be in memory at once; the bytes are the same.

    Args:
        path: of the file.
        index: of all images.
        boxes: of them, one image after the other, int32 (k, 4) each, and all that the
            index counts.
    """
    meta = json.dumps({**index.meta, 'format': FORM.format}, sort_keys=True)
    arrays = {**{name: getattr(index, name) for name in FORM.arrays}, 'meta': np.array(meta)}
    header = {'descr': '<i4', 'fortran_order': False, 'shape': (int(index.offsets[-1]), 4)}

    def write(partial: Path) -> None:
        # As np.savez_compressed, in a fifth of its time for 5 % more bytes.
        with zipfile.ZipFile(partial, 'w', zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, array in arrays.items():
                with archive.open(f'{name}.npy', 'w', force_zip64=True) as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)
            with archive.open('boxes.npy', 'w', force_zip64=True) as file:
                np.lib.format.write_array_header_1_0(file, header)
                for each in boxes:
                    file.write(each.astype('<i4', copy=False).tobytes())

    replace_file(path, write)


def read_index(path: Path) -> ProposalIndex:
    """Read all of a file but the boxes.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged, or no file of proposals.
    """
    return _read(path, lambda index, file: index)


def read_proposals(path: Path, keep: Keep | None = None) -> Proposals:
    """Read a file.

    Args:
        path: of the file.
        keep: chooses among the boxes of each image while they are read, so that no more than the
            chosen ones are ever in memory, and `CHUNK`; None: all stay.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged, no file of proposals, or a box lies outside its image.
    """
    return _read(path, lambda index, file: _chosen(index, file, keep))


def _read(path: Path, take: Callable[[ProposalIndex, zipfile.ZipFile], Taken]) -> Taken:
    try:
        with opened(path, FORM) as ((arrays, meta), archive):
            return take(ProposalIndex(**arrays, meta=meta), archive)
    except _OutsideError as error:
        raise ValueError(f'{shown(path)} {error}: make it anew by {FORM.make(path)} '
                         '--overwrite') from None


def _chosen(index: ProposalIndex, archive: zipfile.ZipFile, keep: Keep | None) -> Proposals:
    kept, counts = bytearray(), [0]  # it grows in place: joined arrays would be there twice
    with archive.open('boxes.npy') as file:
        for first, last, boxes in _chunks(index, file):
            each = np.split(boxes, index.offsets[first + 1:last] - index.offsets[first])
            if keep is not None:
                each = [keep(one, *size) for one, size in
                        zip(each, index.sizes[first:last].tolist(), strict=True)]
            kept += np.concatenate(each).astype(np.int32, copy=False).tobytes()
            counts += map(len, each)
    return Proposals(**{**vars(index), 'offsets': np.cumsum(counts, dtype=np.int64)},
                     boxes=np.frombuffer(kept, np.int32).reshape(-1, 4))


def _chunks(index: ProposalIndex, file: IO[bytes]) -> Iterator[tuple[int, int, np.ndarray]]:
    """Number of the first image, of the one after the last, and their boxes."""
    np.lib.format.read_magic(file)
    header = np.lib.format.read_array_header_1_0(file)
    if header != ((index.offsets[-1], 4), False, np.dtype('<i4')):
        raise ValueError('the boxes have another shape or kind')
    first, offsets = 0, index.offsets
    while first < len(index):
        full = int(np.searchsorted(offsets, offsets[first] + CHUNK, 'right')) - 1
        last = max(full, first + 1)
        count = int(offsets[last] - offsets[first])
        boxes = np.frombuffer(file.read(16 * count), '<i4').reshape(count, 4)
        edges = np.repeat(index.sizes[first:last, ::-1], np.diff(offsets[first:last + 1]), axis=0)
        inside = ((boxes[:, :2] >= 0) & (boxes[:, :2] < boxes[:, 2:]) & (boxes[:, 2:] <= edges))
        if not inside.all():
            wrong = int(np.argmin(inside.all(axis=1)))
            image = int(np.searchsorted(offsets, offsets[first] + wrong, 'right')) - 1
            raise _OutsideError(
                f'has the box {boxes[wrong].tolist()} of {shown(index.names[image])}, which is no '
                f'(x1, y1, x2, y2) in its {index.sizes[image, 1]} x {index.sizes[image, 0]} pixels')
        yield first, last, boxes
        first = last
    if file.read(1):  # also lets the archive compare its checksum
        raise ValueError('there are more boxes than offsets say')


class _OutsideError(Exception):
    """A box is none of its image's."""
