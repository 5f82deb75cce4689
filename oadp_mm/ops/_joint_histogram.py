"""Joint histograms on the CPU: count the pixel pairs of two patches, then sum and clear.

The 65,536 counters stay in cache. The second pass meets a pair of levels once for each time it was
counted; the first time takes its term of the sum and leaves 0, whose term is 0.
"""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def _joint_sums(x, y, bins, table, out):  # pragma: no cover - compiled
    # Unsigned codes spare the check for negative indices.
    counts = np.zeros(bins * bins, np.uint32)
    batch, i_count, n = x.shape
    for b in range(batch):
        for i in range(i_count):
            levels_x = x[b, i]
            for j in range(y.shape[1]):
                levels_y = y[b, j]
                for t in range(n):
                    counts[np.uint32(levels_x[t]) * np.uint32(bins) + levels_y[t]] += np.uint32(1)
                total = np.int64(0)
                for t in range(n):
                    code = np.uint32(levels_x[t]) * np.uint32(bins) + levels_y[t]
                    total += table[counts[code]]
                    counts[code] = 0
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
    parts = [slice(k, None, threads) for k in range(min(threads, len(x)))]
    # A pool a call: no thread outlives it, so data loaders may fork between steps.
    with ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(lambda part: _joint_sums(x[part], y[part], bins, table, out[part]), parts))
    return out
