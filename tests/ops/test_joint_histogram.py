"""The compiled loop against counting by a dictionary; the pairs of one call share counters."""
from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from oadp_mm.ops._joint_histogram import _SWEPT, joint_sums

#: Pixels, darkest and brightest level of the first patches and of the second.
CASES = {
    'all levels, swept': (4096, (0, 256), (0, 256)),
    'all levels, few pixels': (100, (0, 256), (0, 256)),
    'bright': (2000, (190, 256), (250, 256)),
    'dark and bright': (2000, (0, 7), (100, 256)),
    'flat': (300, (255, 256), (255, 256)),
    'flat and few pixels': (50, (9, 10), (0, 256)),
    'one pixel': (1, (0, 256), (0, 256)),
}


@pytest.mark.parametrize('threads', [1, 2])
@pytest.mark.parametrize('case', CASES)
def test_sums_are_those_of_counted_pairs(case: str, threads: int) -> None:
    n, *levels = CASES[case]
    rng = np.random.default_rng(n)
    x, y = (rng.integers(*span, (3, patches, n), dtype=np.uint8)
            for span, patches in zip(levels, (3, 4), strict=True))
    for levels in (x[:, 0], y[:, 0]):
        levels.sort()  # the darkest pixel is the first, the brightest the last
    y[:, 1] = y[:, 1].max()  # a flat patch among others
    table = rng.integers(-2**50, 2**50, n + 1)  # no pattern: every lost or double term shows
    table[0] = 0
    expected = [[[sum(table[count] for count in Counter(zip(a, b, strict=True)).values())
                  for b in second.tolist()] for a in first.tolist()]
                for first, second in zip(x, y, strict=True)]
    assert joint_sums(x, y, 256, table, threads=threads).tolist() == expected


def test_cases_clear_both_ways() -> None:
    swept = {(bright - dark) * (brighter - darker) <= _SWEPT * n
             for n, (dark, bright), (darker, brighter) in CASES.values()}
    assert swept == {True, False}
