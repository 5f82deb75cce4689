"""Nearest images of each image of a folder in one file, which ORL's correspondences start from.

A NumPy `.npz` of::

    names       (n,) text: paths below the folder, with forward slashes, sorted
    lengths     int64 (n,): bytes of each image's file
    neighbours  int32 (n, k): numbers of images, nearest first, never the own one; a row of -1 of an
                image that cannot be read, and that is nobody's neighbour
    cosines     float32 (n, k): of their embeddings, 0 in such a row
    meta        JSON: format, the folder's name, and what the neighbours depend on
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oadp_mm.files.archive import Form, read_archive, write_archive


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Nearest images of each image of a folder; the arrays are those of the file."""

    names: np.ndarray
    lengths: np.ndarray
    neighbours: np.ndarray
    cosines: np.ndarray
    meta: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.names)


def are_neighbours(neighbours: np.ndarray, images: int) -> bool:
    """Whether each row names other images, each once, or is all of -1; there is one an image."""
    if neighbours.ndim != 2 or len(neighbours) != images or not neighbours.shape[1]:
        return False
    known = neighbours[neighbours[:, 0] >= 0]
    ordered = np.sort(known, axis=1)
    return bool((neighbours[neighbours[:, 0] < 0] == -1).all()
                and (ordered >= 0).all() and (ordered < images).all()
                and (ordered[:, 1:] > ordered[:, :-1]).all()
                and (known != np.flatnonzero(neighbours[:, 0] >= 0)[:, None]).all())


def _fits(arrays: Mapping[str, np.ndarray]) -> bool:
    images = len(arrays['names'])
    return (arrays['names'].ndim == 1 and arrays['lengths'].shape == (images,)
            and are_neighbours(arrays['neighbours'], images)
            and arrays['cosines'].shape == arrays['neighbours'].shape
            and bool(np.isfinite(arrays['cosines']).all()))


FORM = Form('neighbours', 1, {'names': np.str_, 'lengths': np.int64, 'neighbours': np.int32,
                              'cosines': np.float32}, _fits, needs='--from RUN ')


def write_neighbours(path: Path, found: Neighbours) -> None:
    """Write a file whole; the same neighbours give the same bytes."""
    write_archive(path, FORM, vars(found), found.meta)


def read_neighbours(path: Path) -> Neighbours:
    """Read a file.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged, or no file of neighbours.
    """
    arrays, meta = read_archive(path, FORM)
    return Neighbours(**arrays, meta=meta)
