"""Object proposals as boxes: which are kept, which are seen in views, how they are jittered.

Boxes are (x1, y1, x2, y2), half-open, in pixels of an image or a view.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float64, Integer, Shaped

from oadp_mm.ops.windows import Window

#: What a jitter moves by a share of the box's sides: its centre or its upper left corner.
JitterOf = Literal['centre', 'corner']


def soco_filter(boxes: Integer[np.ndarray, 'n 4'], height: int, width: int, min_side: int = 32,
                ) -> Integer[np.ndarray, 'k 4']:
    """The proposals that SoCo learns from, in their order; at least one.

    Kept are 1/3 <= w/h <= 3 and .3 <= sqrt(w h) / sqrt(W H) <= .8 (appendix A) with both sides of
    `min_side` pixels (the authors' code). Where none is left, the scale does not count; if there is
    still none, nor does the ratio; then the whole image is the only box.

    Args:
        boxes: in the image; what lies outside of it is cut off first.
        height: of the image, in pixels.
        width: likewise.
        min_side: least side of a box in pixels of the image, at least 1.
    """
    boxes = boxes.clip(0, np.array([width, height] * 2, boxes.dtype))
    sides = boxes[:, 2:].astype(np.int64) - boxes[:, :2]
    across, down = sides.T
    area = across * down
    large = (sides >= min_side).all(axis=1)
    compact = (across <= 3 * down) & (down <= 3 * across)
    medium = (100 * area >= 9 * height * width) & (25 * area <= 16 * height * width)
    for kept in (large & compact & medium, large & compact, large):
        if kept.any():
            return boxes[kept]
    return np.array([[0, 0, width, height]], boxes.dtype)


def seen(boxes: Shaped[np.ndarray, 'n 4'], windows: Iterable[Window], min_side: float,
         ) -> Bool[np.ndarray, ' n']:
    """Whether each box of an image is in all of these views, and no thin remnant in any.

    Args:
        boxes: in the image.
        windows: of the views.
        min_side: least side, in pixels of each view, of what is left of a box there; some area
            is left in any case.
    """
    kept = np.ones(len(boxes), bool)
    for window in windows:
        inside, survives = window.carry(boxes)
        kept &= survives & (inside[:, 2:] - inside[:, :2] >= min_side).all(axis=1)
    return kept


def jitter(boxes: Float[np.ndarray, 'n 4'], shares: Float[np.ndarray, 'n 4'], of: JitterOf,
           ) -> Float64[np.ndarray, 'n 4']:
    """Boxes moved and scaled by shares r of their sides: p + r (w, h), (w, h) (1 + r').

    Args:
        boxes: in a view, which they may leave.
        shares: of the place in x and y and of the width and the height.
        of: what p is. The paper says x, y, which are the corner's in its code.
    """
    corner, sides = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]
    place, grown = shares[:, :2] * sides, sides * (1 + shares[:, 2:])
    start = corner + place + ((sides - grown) / 2 if of == 'centre' else 0)
    return np.hstack([start, start + grown])


def squares(boxes: Float[np.ndarray, 'n 4'], shares: Float[np.ndarray, ' n'],
            places: Float[np.ndarray, 'n 2']) -> Float64[np.ndarray, 'n 4']:
    """A square somewhere in each box, which may reach out of it.

    Args:
        boxes: in a view.
        shares: of a box's area that its square has.
        places: of the squares' centres, (x, y) as shares of the sides from the upper left corner.
    """
    sides = boxes[:, 2:] - boxes[:, :2]
    centres = boxes[:, :2] + places * sides
    halves = np.sqrt(shares * sides.prod(axis=1))[:, None] / 2
    return np.hstack([centres - halves, centres + halves])
