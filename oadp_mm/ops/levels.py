"""From which level of a feature pyramid a box is pooled, by its size in the view."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor

#: Greatest square root of a box's area, in pixels of the view, on P2, P3, P4 and P5 (SoCo, 3.3).
BOUNDS = (48.0, 96.0, 192.0, 224.0)
UNASSIGNED = -1


def pyramid_level(boxes: Float[Tensor, '*shape 4'], bounds: Sequence[float] = BOUNDS,
                  ) -> Int64[Tensor, '*shape']:
    """Number of each box's level, counted from 0 (P2); `UNASSIGNED` if it is too large for all.

    Areas are compared, not their roots, so that a box of whole pixels lies exactly on its bound.

    Args:
        boxes: (x1, y1, x2, y2), half-open, in pixels of the view.
        bounds: greatest square root of the area on each level, ascending; still on it.
    """
    width, height = (boxes[..., 2:] - boxes[..., :2]).unbind(-1)
    squares = torch.stack([width * height > bound ** 2 for bound in bounds])
    level = squares.sum(0)
    return torch.where(level < len(bounds), level, UNASSIGNED)
