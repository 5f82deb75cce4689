from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.pooling import pool_patches, pool_view, whole_and_map
from tests.oracles import features as oracle

GRID = 7


def random_map(side: int, channels: int = 3) -> torch.Tensor:
    return torch.randn(2, channels, side, side, dtype=torch.float64)


@pytest.mark.parametrize('span', [1, 2, 3])
@pytest.mark.parametrize('side', [7, 14, 28, 56])
@pytest.mark.parametrize(('mode', 'by_loops'),
                         [('average', oracle.patch_mean), ('max', oracle.patch_max)])
def test_patch_features_are_those_of_the_loops(side: int, span: int, mode: str, by_loops) -> None:
    features = random_map(side)
    index = torch.stack([torch.randperm((GRID + 1 - span) ** 2)[:10] for _ in features])
    ours = pool_patches(features, index, mode, grid=GRID, span=span)
    expected = [
        [by_loops(one, patch, GRID, span) for patch in patches]
        for one, patches in zip(features.numpy(), index.tolist(), strict=True)
    ]
    np.testing.assert_allclose(ours.numpy(), expected, rtol=0, atol=1e-12)


def test_layer1_windows_are_those_of_the_paper() -> None:
    """56 x 56 positions on 7 x 7 cells: 8 x 8 windows for one cell, 16 x 16 for two, stride 8."""
    column = torch.arange(56.0).expand(1, 1, 56, 56)
    small = pool_patches(column, torch.arange(49)[None], 'max', grid=7, span=1)
    assert small.flatten()[:7].tolist() == [8 * x + 7 for x in range(7)]
    large = pool_patches(column, torch.arange(36)[None], 'max', grid=7, span=2)
    assert large.flatten()[:6].tolist() == [8 * x + 15 for x in range(6)]


def test_raster_index_counts_columns_first() -> None:
    features = torch.zeros(1, 1, 14, 14)
    features[0, 0, 2 * 2, 5 * 2] = 1.0  # cell y=2, x=5
    pooled = pool_patches(features, torch.arange(49)[None], 'max', grid=7, span=1)
    assert torch.nonzero(pooled.flatten()).tolist() == [[2 * 7 + 5]]
    pooled = pool_patches(features, torch.arange(36)[None], 'average', grid=7, span=2)
    covering = [y * 6 + x for y in (1, 2) for x in (4, 5)]
    assert torch.nonzero(pooled.flatten()).flatten().tolist() == covering
    np.testing.assert_allclose(pooled.flatten()[covering], 1 / 16)


@pytest.mark.parametrize('side', [7, 56])
def test_view_features_are_those_of_the_loops(side: int) -> None:
    features = random_map(side)
    for mode, by_loops in (('average', oracle.view_mean), ('max', oracle.view_max)):
        expected = [by_loops(one) for one in features.numpy()]
        np.testing.assert_allclose(pool_view(features, mode).numpy(), expected, rtol=0, atol=1e-12)


def test_the_gradient_reaches_only_the_chosen_patch() -> None:
    features = random_map(14).requires_grad_()
    pool_patches(features, torch.tensor([[9], [0]]), 'average', grid=7, span=1).sum().backward()
    expected = torch.zeros(2, 3, 14, 14, dtype=torch.float64)
    expected[0, :, 2:4, 4:6] = 1 / 4  # patch 9: y=1, x=2
    expected[1, :, 0:2, 0:2] = 1 / 4
    torch.testing.assert_close(features.grad, expected)


def test_a_map_that_the_grid_does_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match=r'10x10.*7x7'):
        pool_patches(random_map(10), torch.zeros(2, 1, dtype=torch.int64), 'max', grid=7, span=1)


def test_a_map_is_its_average_and_itself() -> None:
    features = torch.randn(2, 3, 4, 6, dtype=torch.float64)
    whole, positions = whole_and_map(features)
    expected = [oracle.view_mean(one) for one in features.numpy()]
    np.testing.assert_allclose(whole, expected, rtol=0, atol=1e-12)
    assert torch.equal(positions, features)


def test_tokens_are_the_class_and_a_map_in_raster_order() -> None:
    """Token 1 + 7 y + x is the position (y, x); the class token is part of no map."""
    tokens = torch.randn(2, 1 + 7 * 7, 3, dtype=torch.float64)
    whole, positions = whole_and_map(tokens)
    assert torch.equal(whole, tokens[:, 0])
    assert positions.shape == (2, 3, 7, 7)
    for y in range(7):
        for x in range(7):
            assert torch.equal(positions[:, :, y, x], tokens[:, 1 + 7 * y + x])


@pytest.mark.parametrize('count', [1, 3, 49, 51])
def test_tokens_that_make_no_square_are_refused(count: int) -> None:
    """49 may be a 7x7 map whose class token was left out."""
    with pytest.raises(ValueError, match=f"{count} tokens are no class token .*out_type='raw'"):
        whole_and_map(torch.zeros(2, count, 3))


@pytest.mark.parametrize('order', [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize('whole', [True, False])
def test_the_gradient_of_a_maximum_reaches_where_it_was_found(
        order: torch.memory_format, whole: bool) -> None:
    """Without ties that is one position a channel and pool, as by indexing the map there."""
    features = random_map(14).contiguous(memory_format=order).requires_grad_()
    index = torch.tensor([[9], [0]])
    pooled = pool_view(features, 'max') if whole else pool_patches(
        features, index, 'max', grid=7, span=1)[:, 0]
    pooled.sum().backward()
    assert pooled.shape == (2, 3)
    expected = (features == pooled[..., None, None]).to(features)
    if not whole:  # patch 9: y=1, x=2
        inside = torch.zeros_like(features)
        inside[0, :, 2:4, 4:6] = inside[1, :, 0:2, 0:2] = 1
        expected = expected * inside
    assert expected.sum() == 6
    torch.testing.assert_close(features.grad, expected)
