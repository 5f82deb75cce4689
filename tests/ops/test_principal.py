"""The first principal direction of an image's cells, against numpy an image at a time."""
from __future__ import annotations

import numpy as np
import torch

from oadp_mm.ops.principal import is_constant, principal_map


def by_power_iteration(cells):
    """The direction that a thousand multiplications leave."""
    direction = np.ones(cells.shape[1])
    for _ in range(1000):
        direction = cells.T @ (cells @ direction)
        direction /= np.linalg.norm(direction)
    along = cells @ direction
    return along if (along * np.linalg.norm(cells, axis=1)).sum() >= 0 else -along


def test_each_image_is_seen_along_its_own_direction():
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(3, 5, 4, 6, generator=generator) + torch.tensor([2., 0, -1, 0, 1])[
        :, None, None] * torch.rand(3, 1, 4, 6, generator=generator)
    found = principal_map(maps)
    for each, image in zip(found, maps, strict=True):
        expected = by_power_iteration(image.flatten(1).T.double().numpy())
        np.testing.assert_allclose(each.flatten(), expected, atol=1e-5)


def test_cells_of_one_direction_give_their_own_lengths_above_zero():
    lengths = torch.tensor([[0., 1, 2], [3, 4, 5]])
    for sign in (1, -1):
        maps = sign * torch.tensor([.6, .8])[:, None, None] * lengths
        torch.testing.assert_close(principal_map(maps[None])[0], lengths)


def test_features_that_are_all_nothing_give_nothing():
    assert not principal_map(torch.zeros(1, 3, 2, 2)).any()


def test_features_that_are_the_same_everywhere_are_told():
    one = torch.randn(1, 5, 1, 1, generator=torch.Generator().manual_seed(0)).expand(1, 5, 4, 6)
    rounding = 1e-5 * torch.randn(1, 5, 4, 6)
    other = one.clone()
    other[0, :, 2, 3] *= 1.01
    maps = torch.cat([one, one + rounding, other, one * 0, 1e-9 * other])
    assert is_constant(maps).tolist() == [True, True, False, True, False]
