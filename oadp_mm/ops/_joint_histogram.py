"""Joint histograms on the CPU: one pass over the pixel pairs of two patches.

Counting and summing are one: raising a counter from c to c + 1 adds ``T[c + 1] - T[c]`` to
``sum T[c]``. The 65,536 counters stay in cache, and only those touched are cleared.
"""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def _joint_sums(x, y, bins, step, out):  # pragma: no cover - compiled
    counts = np.zeros(bins * bins, np.int32)
    batch, i_count, n = x.shape
    for b in range(batch):
        for i in range(i_count):
            for j in range(y.shape[1]):
                total = np.int64(0)
                for t in range(n):
                    code = np.int64(x[b, i, t]) * bins + y[b, j, t]
                    count = counts[code]
                    total += step[count]
                    counts[code] = count + 1
                for t in range(n):
                    counts[np.int64(x[b, i, t]) * bins + y[b, j, t]] = 0
                out[b, i, j] = total


def joint_sums(x: np.ndarray, y: np.ndarray, bins: int, table: np.ndarray, *,
               threads: int = 1) -> np.ndarray:
    """``sum T[count]`` over the joint histogram of each pair of patches.

    Args:
        x: uint8 (b, i, n), levels below ``bins``, contiguous.
        y: uint8 (b, j, n), likewise.
        bins: levels.
        table: int64 ``T`` (n + 1,) with ``T[0] == 0``.
        threads: images are spread over this many threads.

    Returns:
        int64 (b, i, j).
    """
    out = np.empty((x.shape[0], x.shape[1], y.shape[1]), np.int64)
    step = np.diff(table)
    parts = [slice(k, None, threads) for k in range(min(threads, len(x)))]
    # A pool a call: no thread outlives it, so data loaders may fork between steps.
    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(lambda part: _joint_sums(x[part], y[part], bins, step, out[part]), parts))
    return out
