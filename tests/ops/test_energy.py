from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from oadp_mm.ops.energy import energy_inside


def test_cells_give_the_part_that_boxes_cover():
    """By pixels: each has an equal part of its cell's energy."""
    generator = np.random.default_rng(0)
    heat = generator.normal(size=(3, 4)).astype(np.float32)
    height, width = 30, 44
    corners = np.array([[3, 2, 20, 11], [15, 5, 44, 28], [15, 5, 44, 28]], np.float32)
    energy = np.repeat(np.repeat(heat.clip(0), 10, 0), 11, 1)
    inside = np.zeros((height, width), bool)
    for x1, y1, x2, y2 in corners.astype(int):
        inside[y1:y2, x1:x2] = True
    share, chance = energy_inside(torch.from_numpy(heat), torch.from_numpy(corners),
                                  (height, width))
    assert share == pytest.approx(energy[inside].sum() / energy.sum())
    assert chance == pytest.approx(inside.mean())


def test_a_map_that_is_the_same_everywhere_is_at_chance():
    """Where cells cut pixels, too: 5 x 3 cells on 7 x 8 pixels."""
    share, chance = energy_inside(torch.full((5, 3), .2), torch.tensor([[1., 2, 6, 5]]), (7, 8))
    assert share == pytest.approx(chance, abs=1e-6)
    assert chance == pytest.approx(5 * 3 / 56, abs=1e-6)


def test_all_or_nothing():
    heat = torch.tensor([[0., 3], [-1, 0]])
    for corners, expected in (([5., 0, 10, 5], 1), ([0., 5, 10, 10], 0), ([-9., -9, 99, 99], 1)):
        assert energy_inside(heat, torch.tensor([corners]), (10, 10))[0] == expected
    assert math.isnan(energy_inside(-heat.abs(), torch.tensor([corners]), (10, 10))[0])
