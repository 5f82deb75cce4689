"""Boxes of a folder's images that correspond to boxes of their neighbours, in memory."""
from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from oadp_mm.files.proposals import ProposalIndex


@dataclass(frozen=True, kw_only=True)
class Correspondences(ProposalIndex):
    """Filtered proposals of images, their neighbours, and pairs of boxes of both.

    Args:
        boxes: int32 (m, 4), in rank order within an image: (x1, y1, x2, y2), half-open, in pixels
            of the whole upright image; `offsets` tells whose.
        neighbours: int32 (n, k), numbers of images, nearest first; -1 in the whole row of an image
            that could not be read, which has neither boxes nor pairs.
        pair_offsets: int64 (n + 1,), image i has pairs[pair_offsets[i]:pair_offsets[i + 1]],
            neighbour after neighbour, of each as many.
        pairs: int16 (p, 2), number of the image's box among its own and of the neighbour's among
            the neighbour's, best first.
        cosines: float16 (p,), of their features.
    """

    KIND: ClassVar[str] = 'correspondences'

    boxes: np.ndarray
    neighbours: np.ndarray
    pair_offsets: np.ndarray
    pairs: np.ndarray
    cosines: np.ndarray

    def boxes_of(self, image: int) -> np.ndarray:
        """The boxes of the image of this number, int32 (b, 4)."""
        return self.boxes[self.offsets[image]:self.offsets[image + 1]]

    def pairs_of(self, image: int, rank: int) -> np.ndarray:
        """Pairs of an image and of its neighbour of this rank from 0, int16 (c, 2)."""
        return self.pairs[self._of(image, rank)]

    def cosines_of(self, image: int, rank: int) -> np.ndarray:
        """Those of `pairs_of`, float16 (c,)."""
        return self.cosines[self._of(image, rank)]

    def _of(self, image: int, rank: int) -> slice:
        start, end = self.pair_offsets[image:image + 2].tolist()
        count = (end - start) // self.neighbours.shape[1]
        return slice(start + rank * count, start + (rank + 1) * count)
