"""ORL's second stage as its code does it: loops over images, neighbours and boxes, nothing kept."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torchvision.transforms.v2.functional import resize


def nearest(embeddings: np.ndarray, images: int) -> list[list[int]]:
    """The most similar other images, the first of equal ones first."""
    rows = [row / np.sqrt((row.astype(np.float64) ** 2).sum()) for row in embeddings]
    found = []
    for i, own in enumerate(rows):
        cosines = [(-float((own * other).sum()), j) for j, other in enumerate(rows) if j != i]
        found.append([j for _, j in sorted(cosines)[:images]])
    return found


def region_pairs(images: Sequence[np.ndarray], boxes: Sequence[np.ndarray],
                 neighbours: Sequence[Sequence[int]], feature: Callable[[np.ndarray], np.ndarray],
                 size: int) -> tuple[list, int]:
    """Pairs of boxes of each image and each of its neighbours, and how often `feature` was asked.

    Args:
        images: (h, w, 3).
        boxes: of each, (x1, y1, x2, y2).
        neighbours: of each.
        feature: of one square picture.
        size: of its side.

    Returns:
        For each image and neighbour all (cosine, box, neighbour's box), greatest cosine first.
    """
    asked = 0

    def features_of(number: int) -> list[np.ndarray]:
        nonlocal asked
        rows = []
        for x1, y1, x2, y2 in boxes[number].tolist():
            crop = images[number][y1:y2, x1:x2]
            pixels = torch.from_numpy(crop.copy()).permute(2, 0, 1)
            squeezed = resize(pixels, [size, size], antialias=True).permute(1, 2, 0).numpy()
            row = feature(squeezed).astype(np.float64)
            asked += 1
            rows.append((row / np.sqrt((row ** 2).sum())).astype(np.float16).astype(np.float64))
        return rows

    found = []
    for number, near in enumerate(neighbours):
        of_image = []
        own = features_of(number) if len(near) else []
        for other in near:
            theirs = features_of(other)
            entries = [(-float((a * b).sum()), i, j) for i, a in enumerate(own)
                       for j, b in enumerate(theirs)]
            of_image.append([(-cosine, i, j) for cosine, i, j in sorted(entries)])
        found.append(of_image)
    return found, asked
