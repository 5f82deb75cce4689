"""The loops of `grouping`, compiled: what is counted of regions, and their greedy merging.

Histograms are counts, and 16-bit shares where they are compared: sums of integers are the same in
whatever order a processor adds them, and so is the order of merging.
"""
from __future__ import annotations

import numba
import numpy as np

_WHOLE = 65535  # share of a histogram with one bin


@numba.njit(nogil=True, cache=True)
def count_regions(labels, codes, bins, regions):  # pragma: no cover - compiled
    """Pixels, boxes and histograms (region, `bins` of each channel) of labelled pixels."""
    height, width = labels.shape
    channels = codes.shape[2]
    size = np.zeros(regions, np.int64)
    box = np.zeros((regions, 4), np.int64)
    box[:, 0], box[:, 1] = width, height
    counts = np.zeros((regions, channels * bins), np.int64)
    for y in range(height):
        for x in range(width):
            i = labels[y, x]
            size[i] += 1
            box[i, 0], box[i, 1] = min(box[i, 0], x), min(box[i, 1], y)
            box[i, 2], box[i, 3] = max(box[i, 2], x + 1), max(box[i, 3], y + 1)
            for c in range(channels):
                counts[i, c * bins + codes[y, x, c]] += 1
    return size, box, counts


@numba.njit(nogil=True, cache=True)
def _to_shares(counts, out):  # pragma: no cover - compiled
    total = counts.sum()
    for k in range(len(counts)):
        out[k] = counts[k] * _WHOLE // total


@numba.njit(nogil=True, cache=True)
def _intersection(a, b):  # pragma: no cover - compiled
    total = np.int32(0)
    for k in range(len(a)):
        total += np.int32(min(a[k], b[k]))
    return total


@numba.njit(nogil=True, cache=True)
def _cover(a, b):  # pragma: no cover - compiled
    """The smallest box around two."""
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


@numba.njit(nogil=True, cache=True)
def merge_boxes(box, colour, texture, pairs, pixels, by_colour):  # pragma: no cover - compiled
    """Boxes of regions and, behind them, of what comes of merging the most similar pair again and
    again; of equally similar ones the first. Overwrites its arguments.

    The merged region takes the place of its first part `a`. All pairs are walked at each merge: it
    costs little beside the comparison of histograms, and needs no queue.
    """
    regions, live = len(box), len(pairs)
    colour_share = np.empty(colour.shape, np.uint16)
    texture_share = np.empty(texture.shape, np.uint16)
    for i in range(regions):
        _to_shares(colour[i], colour_share[i])
        _to_shares(texture[i], texture_share[i])
    boxes = np.empty((2 * regions - 1, 4), np.int64)
    boxes[:regions] = box
    similarity = np.empty(live, np.float64)
    met = np.full(regions, -1, np.int64)  # the merge at which a neighbour of `a` was last seen
    a, b = -1, -1
    for made in range(regions, 2 * regions):
        best, kept = -1, 0
        for e in range(live):
            i = a if pairs[e, 0] == b else pairs[e, 0]
            j = a if pairs[e, 1] == b else pairs[e, 1]
            value = similarity[e]
            if a < 0 or i == a or j == a:
                other = i + j - a
                if i == j or (a >= 0 and met[other] == made):
                    continue
                if a >= 0:
                    met[other] = made
                x1, y1, x2, y2 = _cover(box[i], box[j])
                alike = _intersection(texture_share[i], texture_share[j])
                if by_colour:
                    alike += _intersection(colour_share[i], colour_share[j])
                value = alike / _WHOLE + (2 * pixels - (x2 - x1) * (y2 - y1)) / pixels
            pairs[kept, 0], pairs[kept, 1], similarity[kept] = i, j, value
            if best < 0 or value > similarity[best]:
                best = kept
            kept += 1
        if best < 0:
            break
        live = kept
        a, b = pairs[best, 0], pairs[best, 1]
        box[a, 0], box[a, 1], box[a, 2], box[a, 3] = _cover(box[a], box[b])
        boxes[made] = box[a]
        colour[a] += colour[b]
        texture[a] += texture[b]
        _to_shares(colour[a], colour_share[a])
        _to_shares(texture[a], texture_share[a])
    return boxes
