"""Object proposals as ORL takes them: which are kept, and how one is jittered.

Boxes are (x1, y1, x2, y2), half-open, in pixels of an image.
"""
from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Integer, Shaped


def orl_filter(boxes: Integer[np.ndarray, 'n 4'], height: int, width: int, *, min_side: int = 96,
               max_aspect: float = 3, max_iou: float = 0.5, most: int = 100,
               ) -> Integer[np.ndarray, 'k 4']:
    """The proposals that ORL learns from, in their order; at least one.

    Of the boxes with both sides of at least `min_side` and neither longer than `max_aspect` times
    the other, each is kept that overlaps no kept one by an IoU above `max_iou`. Where none is left
    the first box of all is the only one, and the whole image where there is no box.

    Args:
        boxes: in the image, best first.
        height: of the image, in pixels.
        width: likewise.
        min_side: least side of a box in pixels.
        max_aspect: greatest ratio of the sides, at least 1.
        max_iou: greatest overlap of two kept boxes, 0..1.
        most: boxes that are kept, the first.
    """
    if not len(boxes):
        return np.array([[0, 0, width, height]], boxes.dtype)
    across, down = (boxes[:, 2:].astype(np.int64) - boxes[:, :2]).T
    good = ((np.minimum(across, down) >= min_side)
            & (across <= max_aspect * down) & (down <= max_aspect * across))
    left = np.flatnonzero(good)
    kept: list[int] = []
    while len(left) and len(kept) < most:
        kept.append(int(left[0]))
        left = left[1:]  # or a box with itself would count, where max_iou is 1
        left = left[iou(boxes[kept[-1]], boxes[left]) <= max_iou]
    return boxes[kept or [0]]


def jittered(chances: Float64[np.ndarray, 'tries 4'], box: Integer[np.ndarray, ' 4'], height: int,
             width: int, *, shift: float, area: tuple[float, float], ratio: tuple[float, float],
             min_iou: float) -> Integer[np.ndarray, ' 4']:
    """A box moved, scaled and given another shape: the first try that still shows much of it.

    The centre moves by U(-shift, shift) of the box's sides and the area grows by U(area). The
    aspect ratio is not that of the box, but absolute. A try counts that lies in the image and
    overlaps the box by an IoU above `min_iou`.

    Args:
        chances: uniform numbers in [0, 1): centre in x and y, area and aspect ratio of each try.
        box: in the image.
        height: of the image, in pixels.
        width: likewise.
        shift: greatest move, as a share of the width and of the height.
        area: (least, greatest) factor of the area.
        ratio: (least, greatest) width over height, drawn uniformly in its logarithm.
        min_iou: 0..1.

    Returns:
        The first try that counts, in whole pixels; the box itself where none does.
    """
    sides = box[2:] - box[:2]
    centres = (box[:2] + box[2:]) / 2 + sides * shift * (2 * chances[:, :2] - 1)
    pixels = sides.prod() * (area[0] + (area[1] - area[0]) * chances[:, 2])
    root = ratio[0] ** .5 * (ratio[1] / ratio[0]) ** (chances[:, 3] / 2)
    grown = (np.sqrt(pixels)[:, None] * np.stack([root, 1 / root], axis=1)).round().clip(1)
    start = (centres - grown / 2).round()
    tries = np.hstack([start, start + grown])
    inside = (start >= 0).all(axis=1) & (tries[:, 2:] <= (width, height)).all(axis=1)
    good = np.flatnonzero(inside & (iou(box, tries) > min_iou))
    return tries[good[0]].astype(box.dtype) if len(good) else box


def iou(box: Shaped[np.ndarray, ' 4'], others: Shaped[np.ndarray, 'n 4'],
        ) -> Float64[np.ndarray, ' n']:
    """Intersection over union of a box and others, all with some area."""
    box, others = box.astype(np.float64), others.astype(np.float64)  # whole ones stay exact
    shared = (np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])).clip(0)
    both = shared.prod(axis=1)
    return both / ((box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(axis=1) - both)
