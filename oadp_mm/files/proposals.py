"""Object proposals of a folder's images, as they are in memory."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from oadp_mm.files.shown import shown


@dataclass(frozen=True, kw_only=True)
class ProposalIndex:
    """Which images a file has boxes of, and how many.

    Args:
        names: (n,) paths below the folder, with forward slashes.
        sizes: int32 (n, 2), height and width in pixels; 0 of an image that could not be read.
        lengths: int64 (n,), bytes of each image's file; -1 where they are unknown.
        offsets: int64 (n + 1,), see above.
        meta: JSON's types: method, parameters, version, digest of the image list, folder.
    """

    #: What the file has of an image, and the command that makes it.
    KIND: ClassVar[str] = 'proposals'

    names: np.ndarray
    sizes: np.ndarray
    lengths: np.ndarray
    offsets: np.ndarray
    meta: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.names)

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
                f'there are no {self.KIND} of {name}: the file has those of {len(self)} images of '
                f'the folder {self.meta.get("folder", "?")}{such}; make one of your images by '
                f'oadp-mm {self.KIND} FOLDER --out FILE')) from None

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names.tolist())}


@dataclass(frozen=True, kw_only=True)
class Proposals(ProposalIndex):
    """Boxes of the images of a folder.

    Args:
        boxes: int32 (m, 4), in the engine's rank order within an image.
    """

    boxes: np.ndarray

    def of(self, name: str) -> np.ndarray:
        """The boxes of an image, int32 (k, 4), k may be 0.

        Raises:
            ValueError: the file has no such image.
        """
        return self.at(self.number(name))

    def at(self, number: int) -> np.ndarray:
        """The boxes of the image of this number, int32 (k, 4)."""
        return self.boxes[self.offsets[number]:self.offsets[number + 1]]
