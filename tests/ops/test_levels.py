"""A box's level by the square root of its area: 48, 96, 192, 224 (methods S-10)."""
from __future__ import annotations

import math

import pytest
import torch

from oadp_mm.ops.levels import UNASSIGNED, pyramid_level


def square(side: float) -> list[float]:
    return [3.0, 5.0, 3.0 + side, 5.0 + side]


@pytest.mark.parametrize(('side', 'level'), [
    (1, 0), (48, 0), (49, 1), (96, 1), (97, 2), (192, 2), (193, 3), (224, 3), (225, UNASSIGNED)])
def test_a_bound_belongs_to_the_level_below(side: int, level: int) -> None:
    assert pyramid_level(torch.tensor(square(side))) == level


def test_the_area_counts_and_not_the_longer_side() -> None:
    """16 x 144 pixels have the area of 48 x 48; a pixel more is on the next level."""
    boxes = torch.tensor([[0.0, 0, 16, 144], [0, 0, 144, 16], [0, 0, 16, 145]])
    assert pyramid_level(boxes).tolist() == [0, 0, 1]


def test_any_shape_of_boxes_and_any_bounds() -> None:
    """Against the definition, box by box."""
    torch.manual_seed(0)
    boxes = torch.rand(2, 3, 5, 4).mul(100).sort(-1)[0]
    bounds = (10.0, 40.0)
    levels = pyramid_level(boxes, bounds)
    assert levels.shape == (2, 3, 5)
    for (x1, y1, x2, y2), level in zip(boxes.reshape(-1, 4).tolist(), levels.flatten().tolist(),
                                       strict=True):
        root = math.sqrt((x2 - x1) * (y2 - y1))
        assert level == (0 if root <= 10 else 1 if root <= 40 else UNASSIGNED)
    assert len(set(levels.flatten().tolist())) == 3
