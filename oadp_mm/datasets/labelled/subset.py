"""Which images are labelled: a draw from a seed that shows every class where it can."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np


def label_order(present: Sequence[frozenset[int]], seed: int) -> list[int]:
    """All images in the order in which they get labels; the first n are the subset of n.

    They are shuffled. Then, as long as a class is not shown, the next is the image that shows most
    of those classes, the first of equals; the others follow as they were shuffled. A larger subset
    of the same seed therefore holds a smaller one, and with one class the order is the shuffled
    one as soon as an image shows it.

    Args:
        present: of each image the classes that it shows.
        seed: of the order.
    """
    rest = np.random.default_rng(seed).permutation(len(present)).tolist()
    missing = set().union(*present)
    first: list[int] = []
    while missing:
        best = max(rest, key=lambda i: len(present[i] & missing))
        first.append(best)
        rest.remove(best)
        missing -= present[best]
    return first + rest


def train_test_split(shows: Sequence[bool], seed: int,
                     share: float = 0.2) -> tuple[list[int], list[int]]:
    """Numbers of images to train on and to measure on, where nobody split them.

    The share is drawn of the images that show something, and of those that show nothing, so that
    both parts have some to learn from and to find.

    Args:
        shows: whether an image shows what is learned.
        seed: of the draw.
        share: to measure on.

    Raises:
        ValueError: fewer than two show something.
    """
    if sum(shows) < 2:
        raise ValueError(f'{sum(shows)} of {len(shows)} labelled images show something, which '
                         'cannot be split into train and test: give at least two')
    order = np.random.default_rng(seed).permutation(len(shows)).tolist()
    test: set[int] = set()
    for kind in (True, False):
        own = [i for i in order if shows[i] == kind]
        test.update(own[:max(kind, round(share * len(own)))])
    return sorted(set(order) - test), sorted(test)


def refuse_common(train: Iterable[Path], test: Iterable[Path], names: Sequence[str]) -> None:
    """Raise ValueError if an image is in both splits, by whatever links.

    Args:
        train: images.
        test: likewise.
        names: of both, for the sentence.
    """
    if common := {path.resolve() for path in train} & {path.resolve() for path in test}:
        raise ValueError(f'{len(common)} images are in {names[0]} and in {names[1]}, such as '
                         f'{min(common).name}: keep each in one of them')
