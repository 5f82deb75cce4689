"""A figure of a table, with what one must know to read it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

Better = Literal['more', 'less', '']


def figure(name: str, value: float | Sequence[float], *, per_cent: bool = False,
           better: Better = '', detail: bool = False, table: str = '') -> dict[str, Any]:
    """A figure as JSON holds it: its arguments, with the unit ('%' or '').

    Args:
        name: head of its column.
        value: a number, or those of several seeds: their mean, with their `deviation` (ddof 1).
        per_cent: given as a share of 1, told in per cent.
        better: whether more or less of it is better; '' if neither is.
        detail: told by JSON alone.
        table: which of its family's tables it stands in, where there are several.
    """
    values = np.atleast_1d(np.asarray(value, float)) * (100 if per_cent else 1)
    found: dict[str, Any] = dict(name=name, value=float(values.mean()), unit='%' * per_cent,
                                 better=better, detail=detail, table=table)
    if len(values) > 1:
        found['deviation'] = float(values.std(ddof=1))
    return found


def sample(count: int, most: int, seed: int = 0) -> np.ndarray:
    """Numbers of at most `most` of `count` rows, rising, each as likely as the others."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])
