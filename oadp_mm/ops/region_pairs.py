"""Which regions of two images correspond: the best entries of a matrix of similarities."""
from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int64


def kept_pairs(boxes: int, share: float = .1) -> int:
    """How many pairs an image of so many boxes keeps with each neighbour, at least one.

    A share of its boxes, as in ORL's code, not of all pairs.
    """
    return max(1, int(share * boxes))


def best_pairs(similarities: Float[np.ndarray, 'b c'], count: int,
               ) -> tuple[Int64[np.ndarray, 'k 2'], Float[np.ndarray, ' k']]:
    """The greatest entries, greatest first, and of equal ones the earlier in raster order.

    Args:
        similarities: of each region of an image with each of another.
        count: how many are wanted, at most all.

    Returns:
        Row and column of each, and its similarity.
    """
    flat = similarities.ravel()
    least = np.partition(flat, len(flat) - count)[len(flat) - count]
    best = np.flatnonzero(flat >= least)  # more than wanted, where some equal the least
    best = best[np.argsort(-flat[best], kind='stable')][:count]
    return np.stack(np.unravel_index(best, similarities.shape), 1), flat[best]
