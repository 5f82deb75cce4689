"""Selective search's grouping by masks: everything is counted anew for each pair at each merge."""
from __future__ import annotations

import numpy as np


def shares(codes: np.ndarray, mask: np.ndarray, bins: int) -> np.ndarray:
    counts = np.concatenate([np.bincount(codes[mask][:, c], minlength=bins)
                             for c in range(codes.shape[2])])
    return counts * 65535 // counts.sum()


def box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    y, x = np.nonzero(mask)
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


def similarity(one: np.ndarray, other: np.ndarray, histograms: list[tuple[np.ndarray, int]],
               ) -> float:
    """Of two masks, by section 3.2 of Uijlings et al.: the terms one by one."""
    x1, y1, x2, y2 = box_of(one | other)
    pixels, sizes = one.size, int(one.sum() + other.sum())
    size = 1 - sizes / pixels
    fill = 1 - ((x2 - x1) * (y2 - y1) - sizes) / pixels
    alike = sum(int(np.minimum(shares(codes, one, bins), shares(codes, other, bins)).sum())
                for codes, bins in histograms)
    return alike / 65535 + size + fill


def hierarchy(labels: np.ndarray, histograms: list[tuple[np.ndarray, int]]) -> list[tuple]:
    """Boxes of the segments and of what merging makes, and how clear the closest choice was."""
    masks = {i: labels == i for i in range(labels.max() + 1)}
    touching = set()
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            for y2, x2 in ((y, x + 1), (y + 1, x)):
                if y2 < height and x2 < width and labels[y, x] != labels[y2, x2]:
                    touching.add(frozenset((int(labels[y, x]), int(labels[y2, x2]))))
    boxes = [box_of(masks[i]) for i in sorted(masks)]
    while touching:
        best = max(touching, key=lambda pair: similarity(*(masks[i] for i in pair), histograms))
        new = len(boxes)
        masks[new] = np.logical_or(*(masks[i] for i in best))
        boxes.append(box_of(masks[new]))
        touching = {frozenset(new if i in best else i for i in pair) for pair in touching}
        touching = {pair for pair in touching if len(pair) == 2}
    return boxes
