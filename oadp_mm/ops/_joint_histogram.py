"""Joint histograms on the CPU: count the pixel pairs of two patches, sum as they are counted.

A counter that goes from c to c + 1 adds `T[c + 1] - T[c]` to the sum, so no counter is read
again. The counters span the levels from the darkest to the brightest of either patch: a photo's
stay in the nearest caches and are cleared in one sweep.
"""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

#: Counters a pixel up to which sweeping all is cheaper than going back to those that were met.
_SWEPT = 24


@numba.njit(nogil=True, cache=True)
def _joint_sums(x, y, step, counts, out):  # pragma: no cover - compiled
    batch, i_count, n = x.shape
    j_count = y.shape[1]
    # Codes of 16 bits are unsigned, which spares the check for negative indices.
    row, code = np.empty(n, np.uint16), np.empty(n, np.uint16)
    dark, width = np.empty(j_count, np.uint16), np.empty(j_count, np.uint16)
    for b in range(batch):
        for j in range(j_count):
            dark[j], width[j] = _span(y[b, j])
        for i in range(i_count):
            darkest, height = _span(x[b, i])
            for t in range(n):
                row[t] = x[b, i, t] - darkest
            for j in range(j_count):
                levels = y[b, j]
                for t in range(n):
                    code[t] = row[t] * width[j] + (levels[t] - dark[j])
                total = np.int64(0)
                for t in range(n):
                    count = counts[code[t]]
                    total += step[count]
                    counts[code[t]] = count + np.uint16(1)
                spanned = np.int64(height) * np.int64(width[j])
                if spanned <= _SWEPT * n:
                    counts[:spanned] = 0
                else:
                    for t in range(n):
                        counts[code[t]] = 0
                out[b, i, j] = total


@numba.njit(nogil=True, cache=True)
def _span(levels):  # pragma: no cover - compiled
    """The darkest level and how many there are up to the brightest."""
    low = high = levels[0]
    for level in levels:  # numpy's min and max are no vector instructions here
        low, high = min(low, level), max(high, level)
    return np.uint16(low), np.uint16(high) - np.uint16(low) + np.uint16(1)


def joint_sums(x: np.ndarray, y: np.ndarray, bins: int, table: np.ndarray, *,
               threads: int = 1) -> np.ndarray:
    """`sum T[count]` over the joint histogram of each pair of patches.

    Args:
        x: uint8 (b, i, n), levels below `bins`, contiguous.
        y: uint8 (b, j, n), likewise.
        bins: levels, at most 256.
        table: int64 `T` (n + 1,) with `T[0] == 0`.
        threads: images are spread over this many threads.

    Returns:
        int64 (b, i, j).
    """
    out = np.empty((x.shape[0], x.shape[1], y.shape[1]), np.int64)
    step = np.diff(table)
    width = np.uint16 if x.shape[2] < 1 << 16 else np.uint32

    def run(first: int, last: int) -> None:
        _joint_sums(x[first:last], y[first:last], step, np.zeros(bins**2, width),
                    out[first:last])

    borders = np.linspace(0, len(x), min(threads, len(x)) + 1).astype(int)
    # A pool a call: no thread outlives it, so data loaders may fork between steps.
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, borders[:-1], borders[1:]))
    return out
