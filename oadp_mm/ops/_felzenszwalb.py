"""The loops of `felzenszwalb`, compiled: what edges of a pixel graph cost, their order, merging."""
from __future__ import annotations

import numba
import numpy as np

_DIGIT = 11  # bits that a pass of the sort looks at: their counters stay in the first-level cache


@numba.njit(nogil=True, cache=True)
def costs_of(image):  # pragma: no cover - compiled
    """Distances of neighbouring pixels: of all right neighbours, then of those below, below to the
    right, and below to the left; and the flat indices of both pixels."""
    height, width, channels = image.shape
    edges = (height * (width - 1) + (height - 1) * width + 2 * (height - 1) * (width - 1))
    cost = np.empty(edges, np.float64)
    ends = np.empty((edges, 2), np.int32)
    e = 0
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        for y in range(height - dy):
            for x in range(max(0, -dx), width - max(0, dx)):
                total = 0.
                for c in range(channels):
                    difference = image[y + dy, x + dx, c] - image[y, x, c]
                    total += difference * difference
                cost[e] = np.sqrt(total)
                ends[e, 0], ends[e, 1] = y * width + x, (y + dy) * width + x + dx
                e += 1
    return cost, ends


@numba.njit(nogil=True, cache=True)
def sorted_edges(cost, ends):  # pragma: no cover - compiled
    """Both in ascending order of cost, edges of equal cost in the order given.

    Bits of numbers that are not negative are in the order of the numbers.
    """
    n = len(cost)
    key, order = cost.view(np.uint64), np.arange(n, dtype=np.int32)
    other_key, other = np.empty(n, np.uint64), np.empty(n, np.int32)
    mask = np.uint64((1 << _DIGIT) - 1)
    for low in range(0, 64, _DIGIT):
        shift = np.uint64(low)
        counts = np.zeros((1 << _DIGIT) + 1, np.int64)
        for i in range(n):
            counts[((key[i] >> shift) & mask) + np.uint64(1)] += 1
        if counts.max() == n:
            continue
        place = np.cumsum(counts)
        for i in range(n):
            digit = (key[i] >> shift) & mask
            other_key[place[digit]], other[place[digit]] = key[i], order[i]
            place[digit] += 1
        if low == 0:
            key = np.empty(n, np.uint64)  # the first were the caller's
        key, other_key, order, other = other_key, key, other, order
    out = np.empty((n, 2), np.int32)
    for i in range(n):
        out[i, 0], out[i, 1] = ends[order[i], 0], ends[order[i], 1]
    return key.view(np.float64), out


@numba.njit(nogil=True, cache=True, inline='always')
def _root(parent, i):  # pragma: no cover - compiled
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@numba.njit(nogil=True, cache=True)
def merge(cost, ends, pixels, scale, min_size):  # pragma: no cover - compiled
    """Labels of pixels, numbered by their first pixels.

    What a segment tolerates is rounded to 32 bits, as scikit-image does.
    """
    parent = np.arange(pixels, dtype=np.int32)
    size = np.ones(pixels, np.int32)
    tolerated = np.full(pixels, np.float32(scale), np.float32)
    left = 0
    apart = np.empty(len(cost), np.int32)
    for e in range(len(cost)):
        a, b = _root(parent, ends[e, 0]), _root(parent, ends[e, 1])
        if a == b:
            continue
        if cost[e] < min(tolerated[a], tolerated[b]):
            first, second = min(a, b), max(a, b)
            parent[second] = first
            size[first] += size[second]
            tolerated[first] = np.float32(cost[e] + scale / size[first])
        else:
            apart[left] = e
            left += 1
    for i in range(left):
        a, b = _root(parent, ends[apart[i], 0]), _root(parent, ends[apart[i], 1])
        if a != b and min(size[a], size[b]) < min_size:
            first, second = min(a, b), max(a, b)
            parent[second] = first
            size[first] += size[second]
    labels = np.empty(pixels, np.int32)
    count = 0
    for i in range(pixels):
        root = _root(parent, i)
        if root == i:
            labels[i] = count
            count += 1
        else:  # a root is its segment's first pixel
            labels[i] = labels[root]
    return labels, count
