"""Which views are held against which, and what the two networks make of them."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

Maps = Sequence[Tensor]
#: (a, b), counted from 0: the online network's view a against the target's view b.
Pairs = Sequence[tuple[int, int]]
ONE_WAY: Pairs = ((0, 1),)
BOTH_WAYS: Pairs = ((0, 1), (1, 0))
#: What is said of one view's maps, by name: tensors, or tuples of them, with a row an image.
Description = dict[str, Any]


class EncodedViews(NamedTuple):
    """A batch's views, each of which passed each network once, however many pairs it is in.

    Args:
        inputs: the normalised views (b, 3, h, w).
        online: view -> the online network's maps, of each view that predicts another.
        target: view -> what the target says of it, of each view that is predicted.
    """

    inputs: list[Tensor]
    online: dict[int, Maps]
    target: dict[int, Description]


def check_pairs(pairs: Pairs) -> tuple[tuple[int, int], ...]:
    """The pairs as tuples.

    Raises:
        ValueError: none, one twice, or one that is not of two different views.
    """
    found = tuple(tuple(pair) if isinstance(pair, Sequence) else (pair,) for pair in pairs)
    if not found or len(set(found)) < len(found) or not all(
            len(set(pair)) == len(pair) == 2
            and all(type(view) is int and view >= 0 for view in pair) for pair in found):
        raise ValueError('pairs must name two different views each, counted from 0, such as '
                         f'((0, 1), (1, 0)), got {pairs}')
    return cast('tuple[tuple[int, int], ...]', found)


def summed(losses: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The losses of all pairs of views, added by name; a pair need not have all names."""
    return {name: torch.stack([terms[name] for terms in losses if name in terms]).sum()
            for name in dict.fromkeys(name for terms in losses for name in terms)}
