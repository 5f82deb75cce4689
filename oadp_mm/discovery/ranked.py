"""Pairs of neighbouring images by how alike their best boxes are, over a whole data set."""
from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from oadp_mm.files.correspondences import Correspondences


class Ranked(NamedTuple):
    """An image, one of its neighbours, and the best pair of their boxes.

    Args:
        rank: among all images with each of their neighbours; 1 is the most alike.
        image: its number.
        neighbour: likewise.
        box: (x1, y1, x2, y2) in the image.
        other: in the neighbour.
        cosine: of the features of both.
    """

    rank: int
    image: int
    neighbour: int
    box: np.ndarray
    other: np.ndarray
    cosine: float


def ranked(correspondences: Correspondences, most: int) -> tuple[list[Ranked], list[Ranked]]:
    """The most alike, and as many at equal distances over all ranks, the best first.

    Each image is in one pair at most: plain surfaces are alike in many images, and one with such a
    surface would be in all pairs.

    Args:
        correspondences: of a data set.
        most: pairs of both kinds together; fewer of few images.
    """
    near, offsets = correspondences.neighbours, correspondences.pair_offsets
    images, places = np.nonzero(near >= 0)
    counts = np.diff(offsets) // near.shape[1]
    first = offsets[images] + places * counts[images]
    order = np.argsort(-correspondences.cosines[first].astype(np.float32), kind='stable')
    pairs = np.stack([images, near[images, places]], 1)[order].tolist()
    seen = set[int]()

    def take(starts: Iterable[int]) -> list[Ranked]:
        """From each rank on the next pair of images that were in none."""
        taken = []
        for start in starts:
            place = next((place for place in range(start, len(pairs))
                          if seen.isdisjoint(pairs[place])), None)
            if place is not None:
                image, other = pairs[place]
                seen.update(pairs[place])
                best = first[order[place]]
                one, two = correspondences.pairs[best]
                taken.append(Ranked(place + 1, image, other, correspondences.boxes_of(image)[one],
                                    correspondences.boxes_of(other)[two],
                                    float(correspondences.cosines[best])))
        return sorted(taken, key=lambda each: each.rank)

    count = min(most, np.count_nonzero(near[:, 0] >= 0) // 2)
    spread = count // 2
    return take([0] * (count - spread)), take(
        (2 * i + 1) * len(pairs) // (2 * spread) for i in range(spread))
