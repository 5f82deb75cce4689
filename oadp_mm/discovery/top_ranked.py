"""The pairs of images whose best boxes are the most alike, over a whole data set."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oadp_mm.files.correspondences import Correspondences


class Ranked(NamedTuple):
    """An image, one of its neighbours, and the best pair of their boxes.

    Args:
        image: its number.
        neighbour: likewise.
        box: (x1, y1, x2, y2) in the image.
        other: in the neighbour.
        cosine: of the features of both.
    """

    image: int
    neighbour: int
    box: np.ndarray
    other: np.ndarray
    cosine: float


def top_ranked(correspondences: Correspondences, most: int) -> list[Ranked]:
    """The best first, each image once: plain surfaces are alike in many images, and one with such
    a surface would be in all of them.
    """
    near, offsets = correspondences.neighbours, correspondences.pair_offsets
    images, ranks = np.nonzero(near >= 0)
    counts = np.diff(offsets) // near.shape[1]
    first = offsets[images] + ranks * counts[images]
    found, seen = list[Ranked](), set[int]()
    for i in np.argsort(-correspondences.cosines[first].astype(np.float32), kind='stable'):
        image, other = int(images[i]), int(near[images[i], ranks[i]])
        if len(found) < most and seen.isdisjoint((image, other)):
            which = correspondences.pairs[first[i]]
            found.append(Ranked(image, other, correspondences.boxes_of(image)[which[0]],
                                correspondences.boxes_of(other)[which[1]],
                                float(correspondences.cosines[first[i]])))
            seen |= {image, other}
    return found
