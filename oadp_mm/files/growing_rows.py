"""Rows of one kind in a file that grows, and that whoever was killed goes on with."""
from __future__ import annotations

import math
import os
import shutil
import time
from pathlib import Path

import numpy as np

from oadp_mm.files.shown import shown
from oadp_mm.files.whole_file import write_text

#: So much work is done again after a kill, at most.
SECONDS = 5.


class GrowingRows:
    """A file of a known number of rows, and one beside it that says how many are there.

    Rows reach the disk before they are counted, so that a kill or a power cut loses some of the
    last and believes in none that is not there.

    Args:
        path: of the file; a shorter or longer one than is meant begins anew.
        rows: how many there will be.
        dtype: of a number, or of all of a row.
        width: numbers of a row; none where the type is a row's.

    Raises:
        OSError: the disk has less room than they take.
    """

    def __init__(self, path: Path, rows: int, dtype: np.typing.DTypeLike, *width: int) -> None:
        self._path, self._count = path, path.with_name(f'{path.name}.done')
        self._shape, self._dtype = (rows, *width), np.dtype(dtype)
        self._row = self._dtype.itemsize * math.prod(width)
        if not path.exists() or path.stat().st_size != rows * self._row:
            self._make(rows * self._row)
        self.done = self._counted()
        self._when = time.monotonic()

    def append(self, rows: np.ndarray) -> None:
        """Write the next rows."""
        assert self.done + len(rows) <= self._shape[0] and rows.shape[1:] == self._shape[1:]
        with self._path.open('r+b') as file:
            file.seek(self.done * self._row)
            file.write(rows.astype(self._dtype, copy=False).tobytes())
            self.done += len(rows)
            if self.done < self._shape[0] and time.monotonic() - self._when < SECONDS:
                return
            file.flush()
            os.fsync(file.fileno())
        write_text(self._count, str(self.done))
        self._when = time.monotonic()

    def mapped(self) -> np.ndarray:
        """All rows, read from the file as they are needed."""
        if not math.prod(self._shape):
            return np.zeros(self._shape, self._dtype)  # an empty file cannot be mapped
        return np.memmap(self._path, self._dtype, 'r', shape=self._shape)

    def _make(self, size: int) -> None:
        self._count.unlink(missing_ok=True)
        free = shutil.disk_usage(self._path.parent).free
        if size > free:
            raise OSError(f'{shown(self._path)} takes {size / 1e9:.1f} GB and its disk has '
                          f'{free / 1e9:.1f} GB left: give an --out on another one')
        with self._path.open('wb') as file:
            file.truncate(size)

    def _counted(self) -> int:
        try:
            return min(int(self._count.read_text()), self._shape[0])
        except (FileNotFoundError, ValueError):  # or cut off with the power
            return 0
