"""Regions for the probe: a sample of the annotated boxes and, of one class, boxes beside them."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oadp_mm.probes.data import Boxes

#: The share of a background box that an object's box may cover.
COVERED = .1
TRIES = 50


def sampled(boxes: Sequence[Boxes], count: int, seed: int) -> list[Boxes]:
    """At most `count` boxes of all images together, each as likely as the others."""
    owner = np.repeat(np.arange(len(boxes)), [len(each) for each in boxes])
    if len(owner) <= count:
        return list(boxes)
    kept = np.zeros(len(owner), bool)
    kept[np.random.default_rng(seed).permutation(len(owner))[:count]] = True
    return [each.of(kept[owner == i]) for i, each in enumerate(boxes)]


def with_background(chosen: Sequence[Boxes], boxes: Sequence[Boxes], seed: int) -> list[Boxes]:
    """Each chosen object (1) with a box of its size (0) at a random place beside all objects.

    A place is taken if no object's box covers more than a tenth of it. An object for which 50 tries
    find none is left out, so that both kinds are as many and of the same sizes: a guess is right
    half the time.

    Args:
        chosen: objects of each image.
        boxes: all its objects.
        seed: of the places.

    Returns:
        Objects and, behind them, as many places of background, of each image.
    """
    generator = np.random.default_rng(seed)
    pairs = []
    for some, all_ in zip(chosen, boxes, strict=True):
        found = [_beside(corners, all_, generator) for corners in some.corners]
        kept = [i for i, place in enumerate(found) if place is not None]
        places = np.array([found[i] for i in kept], np.float32).reshape(-1, 4)
        objects = some.of(np.array(kept, np.int64))
        pairs.append(Boxes(some.size, np.concatenate([objects.corners, places]),
                           np.repeat([1, 0], len(kept)), np.tile(objects.areas, 2)))
    return pairs


def _beside(corners: np.ndarray, boxes: Boxes, generator: np.random.Generator,
            ) -> np.ndarray | None:
    extent = corners[2:] - corners[:2]
    starts = generator.random((TRIES, 2)) * (np.array(boxes.size[::-1]) - extent)
    places = np.concatenate([starts, starts + extent], axis=1)
    low = np.maximum(places[:, None, :2], boxes.corners[:, :2])
    high = np.minimum(places[:, None, 2:], boxes.corners[:, 2:])
    covered = (high - low).clip(0).prod(2).max(1) / extent.prod()
    free = np.flatnonzero(covered <= COVERED)
    return places[free[0]] if len(free) else None
