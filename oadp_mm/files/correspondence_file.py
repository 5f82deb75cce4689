"""Corresponding boxes of images and of their neighbours in one file, from which ORL trains.

A NumPy `.npz` of the arrays of `Correspondences`; `meta` is JSON: format, the folder's name, the
digest of the image list, the filter of the proposals, the share of pairs that are kept, and what
they were made of.
"""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from oadp_mm.files.archive import Form, read_archive, write_archive
from oadp_mm.files.correspondences import Correspondences
from oadp_mm.files.neighbour_file import are_neighbours

_AT_ONCE = 4096


def write_correspondences(path: Path, correspondences: Correspondences) -> None:
    """Write a file whole; the same correspondences give the same bytes."""
    write_archive(path, FORM, vars(correspondences), correspondences.meta)


def read_correspondences(path: Path) -> Correspondences:
    """Read a file, 0.5 GB of COCO's 118,287 images at most.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged, or no file of correspondences.
    """
    arrays, meta = read_archive(path, FORM)
    return Correspondences(**arrays, meta=meta)


def _fits(arrays: Mapping[str, np.ndarray]) -> bool:
    images = len(arrays['names'])
    offsets, pair_offsets = arrays['offsets'], arrays['pair_offsets']
    return (arrays['names'].ndim == 1 and arrays['sizes'].shape == (images, 2)
            and arrays['lengths'].shape == (images,)
            and _are_offsets(offsets, images, len(arrays['boxes']))
            and arrays['boxes'].shape == (offsets[-1], 4)
            and are_neighbours(arrays['neighbours'], images)
            and _are_offsets(pair_offsets, images, len(arrays['pairs']))
            and arrays['pairs'].shape == (pair_offsets[-1], 2)
            and arrays['cosines'].shape == (pair_offsets[-1],)
            and all(_boxes_fit(arrays, first) and _pairs_fit(arrays, first)
                    for first in range(0, images, _AT_ONCE)))


def _are_offsets(offsets: np.ndarray, images: int, count: int) -> bool:
    return (offsets.shape == (images + 1,) and offsets[0] == 0 and offsets[-1] == count
            and bool((np.diff(offsets) >= 0).all()))


def _boxes_fit(arrays: Mapping[str, np.ndarray], first: int) -> bool:
    """Whether boxes of `_AT_ONCE` images lie in them, which bounds what is in memory beside."""
    offsets = arrays['offsets'][first:first + _AT_ONCE + 1]
    boxes = arrays['boxes'][offsets[0]:offsets[-1]]
    sizes = np.repeat(arrays['sizes'][first:first + _AT_ONCE, ::-1], np.diff(offsets), axis=0)
    return bool(((boxes[:, :2] >= 0) & (boxes[:, :2] < boxes[:, 2:]) & (boxes[:, 2:] <= sizes))
                .all())


def _pairs_fit(arrays: Mapping[str, np.ndarray], first: int) -> bool:
    """Whether pairs of `_AT_ONCE` images name boxes, and all that have neighbours have pairs."""
    neighbours = arrays['neighbours'][first:first + _AT_ONCE]
    offsets = arrays['pair_offsets'][first:first + _AT_ONCE + 1]
    each, uneven = np.divmod(np.diff(offsets), neighbours.shape[1])
    if uneven.any() or ((each > 0) != (neighbours[:, 0] >= 0)).any():
        return False
    boxes = np.diff(arrays['offsets'])
    pairs = arrays['pairs'][offsets[0]:offsets[-1]]
    own = np.repeat(boxes[first:first + _AT_ONCE], np.diff(offsets))
    others = np.repeat(boxes[neighbours.ravel()], np.repeat(each, neighbours.shape[1]))
    return bool((pairs >= 0).all() and (pairs[:, 0] < own).all() and (pairs[:, 1] < others).all())


FORM = Form('correspondences', 1, {
    'names': np.str_, 'sizes': np.int32, 'lengths': np.int64, 'offsets': np.int64,
    'neighbours': np.int32, 'pair_offsets': np.int64, 'pairs': np.int16, 'cosines': np.float16,
    'boxes': np.int32}, _fits, needs='--from RUN --neighbours FILE --proposals FILE ')
