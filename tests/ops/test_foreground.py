from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.ops.foreground import pool_saliency, semantic_discrimination
from tests.oracles import foreground as oracle

#: A sum of at least 1 is enlarged by 1e-6 at most, so that averages differ by no more than that.
EPSILON = 1e-6


def random_map(images: int = 3, height: int = 4, width: int = 6) -> tuple[Tensor, Tensor]:
    features = torch.randn(images, 5, height, width, dtype=torch.float64)
    return features, torch.rand(images, height, width, dtype=torch.float64)


def embeddings() -> list[tuple[Tensor, Tensor]]:
    return [tuple(torch.randn(2, 8, 6, dtype=torch.float64)) for _ in range(2)]


def test_weighted_averages_by_loops() -> None:
    features, saliency = random_map()
    for ours, weight in zip(pool_saliency(features, saliency), (saliency, 1 - saliency),
                            strict=True):
        expected = [oracle.pooled(f, m) for f, m in zip(features.numpy(), weight.numpy(),
                                                        strict=True)]
        np.testing.assert_allclose(ours, expected, rtol=EPSILON, atol=0)


def test_the_weights_sum_to_the_number_of_cells() -> None:
    """sum(M) h_fg + sum(1 - M) h_bg is the sum of the map, and sum(M) + sum(1 - M) its cells."""
    features, saliency = random_map()
    foreground, background = pool_saliency(features, saliency)
    inside = saliency.sum((1, 2))[:, None]
    outside = 4 * 6 - inside
    np.testing.assert_allclose(inside * foreground + outside * background,
                               features.sum((2, 3)), rtol=0, atol=1e-4)
    mean = (inside * foreground + outside * background) / 24
    np.testing.assert_allclose(mean, features.mean((2, 3)), rtol=0, atol=1e-5)


def test_an_even_saliency_is_the_mean_for_both() -> None:
    features, _ = random_map()
    mean = features.mean((2, 3)).numpy()
    for part in pool_saliency(features, torch.full((3, 4, 6), 0.25, dtype=torch.float64)):
        np.testing.assert_allclose(part, mean, rtol=EPSILON, atol=0)


def test_a_single_salient_position_is_its_own_feature() -> None:
    features, saliency = random_map()
    saliency = torch.zeros_like(saliency)
    saliency[:, 1, 4] = 1
    foreground, background = pool_saliency(features, saliency)
    np.testing.assert_allclose(foreground, features[:, :, 1, 4], rtol=2 * EPSILON, atol=0)
    rest = (features.sum((2, 3)) - features[:, :, 1, 4]) / 23
    np.testing.assert_allclose(background, rest, rtol=2 * EPSILON, atol=0)


@pytest.mark.parametrize('everywhere', [0.0, 1.0])
def test_all_or_nothing_salient_stays_finite(everywhere: float) -> None:
    """The empty part is 0, the full part the mean."""
    features = random_map()[0].float().requires_grad_()
    saliency = torch.full((3, 4, 6), everywhere, requires_grad=True)
    parts = pool_saliency(features, saliency)
    empty, full = parts[::-1] if everywhere else parts
    assert torch.equal(empty, torch.zeros_like(empty))
    torch.testing.assert_close(full, features.mean((2, 3)), rtol=1e-5, atol=1e-6)
    sum(part.square().sum() + part.sum() for part in parts).backward()
    assert features.grad.isfinite().all()
    assert saliency.grad.isfinite().all()


def test_half_precision_sums_in_float32() -> None:
    """64 positions of 2048 sum up to 131072, beyond float16's 65504."""
    features = torch.full((1, 1, 8, 16), 2048, dtype=torch.float16)
    with torch.autocast('cpu', torch.float16):
        parts = pool_saliency(features, torch.full((1, 8, 16), 0.5, dtype=torch.float16))
    for part in parts:
        assert part.dtype == torch.float32
        assert part.item() == pytest.approx(2048, rel=EPSILON)


@pytest.mark.parametrize('margin', [0.0, 0.4, 1.0, 2.0])
@pytest.mark.parametrize(('foreground', 'background'),
                         [(True, True), (True, False), (False, True)])
def test_the_loss_by_loops(margin: float, foreground: bool, background: bool) -> None:
    online, target = embeddings()
    loss = semantic_discrimination(online, target, margin=margin, foreground=foreground,
                                   background=background)
    expected = oracle.discrimination(
        *(tuple(part.numpy() for part in pair) for pair in (online, target)), margin,
        foreground, background)
    assert loss.item() == pytest.approx(expected, abs=1e-12)


def test_closed_forms() -> None:
    """With fg1 = fg2 and bg1 = bg2 at an angle whose cosine is c: 1/2 max(c - 1 + margin, 0)."""
    for c in (-1.0, 0.0, 0.6, 1.0):
        fg = torch.tensor([[2.0, 0.0]], dtype=torch.float64)
        bg = torch.tensor([[c, math.sqrt(1 - c * c)]], dtype=torch.float64)
        for margin in (0.0, 0.5, 1.0):
            loss = semantic_discrimination((fg, bg), (3 * fg, 4 * bg), margin=margin)
            assert loss.item() == pytest.approx(max(c - 1 + margin, 0) / 2, abs=1e-12)
            # Mistaking one for the other in both: 1/2 (1 - c + margin) + 1/2 (1 - c).
            loss = semantic_discrimination((fg, bg), (bg, fg), margin=margin)
            assert loss.item() == pytest.approx((1 - c + margin) / 2 + (1 - c) / 2, abs=1e-12)


def test_the_margin_is_the_foregrounds_alone() -> None:
    """A margin of 2 keeps every foreground term positive: 1 more adds 1/2 there, 0 behind."""
    online, target = embeddings()

    def loss(margin: float, **terms: bool) -> float:
        return semantic_discrimination(online, target, margin=margin, **terms).item()

    assert loss(3.0) - loss(2.0) == pytest.approx(0.5, abs=1e-12)
    assert loss(2.0, foreground=False) == loss(0.0, foreground=False) > 0


def test_the_gradient_is_the_numerical_one() -> None:
    online, target = embeddings()
    leaves = [part.requires_grad_() for part in (*online, *target)]
    assert torch.autograd.gradcheck(
        lambda *x: semantic_discrimination(x[:2], x[2:], margin=0.7), leaves)
