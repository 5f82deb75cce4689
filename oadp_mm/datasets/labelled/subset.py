"""Which images are labelled: a draw from a seed that shows every class where it can."""
from __future__ import annotations

from collections.abc import Sequence

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


def train_test_split(count: int, seed: int, share: float = 0.2) -> tuple[list[int], list[int]]:
    """Numbers of images to train on and to measure on, where nobody split them.

    Raises:
        ValueError: there are fewer than two.
    """
    if count < 2:
        raise ValueError(f'{count} labelled image cannot be split into train and test: give at '
                         'least two')
    order = np.random.default_rng(seed).permutation(count).tolist()
    test = max(1, round(share * count))
    return sorted(order[test:]), sorted(order[:test])
