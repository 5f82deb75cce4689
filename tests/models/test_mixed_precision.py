"""Training under autocast: finite numbers, float32's patches, distances in float32."""
from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch

from oadp_mm.models import OADP
from tests.models.tiny import GRID, K, build, total, views

HALVES = (torch.bfloat16, torch.float16)
EVERY = pytest.mark.parametrize('dtype', [torch.float32, *HALVES], ids=str)
HALF = pytest.mark.parametrize('dtype', HALVES, ids=str)


def autocast(dtype: torch.dtype):
    return nullcontext() if dtype == torch.float32 else torch.autocast('cpu', dtype)


def backward(model: OADP, inputs: list[torch.Tensor], gray: list[torch.Tensor],
             dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Losses of a batch, after a check that they and all gradients are finite and float32."""
    model.zero_grad()
    with autocast(dtype):
        losses = model.loss(inputs, gray=gray)
    total(losses).backward()
    gradients = [p.grad for p in model.parameters() if p.requires_grad]
    for each in (*losses.values(), *gradients):
        assert each.dtype == torch.float32
        assert each.isfinite().all()
    return losses


@HALF
def test_the_patches_are_those_of_float32(dtype: torch.dtype) -> None:
    """A choice may not hang on rounding: the cosines of Table XI differ by 1e-4 here."""
    _, gray = views()
    maps = tuple(1 + 0.01 * torch.randn(2, 64, GRID, GRID) for _ in range(2))
    for matching in ('mutual_information', 'cosine'):
        selector = build(selector={'matching': matching}).selector
        expected = selector(gray, maps=maps)
        with autocast(dtype):
            pairs = selector(gray, maps=maps)
        assert torch.equal(pairs.small, expected.small)
        assert torch.equal(pairs.large, expected.large)


@HALF
@pytest.mark.parametrize('loss', ['cosine', 'mse'])
def test_distances_are_computed_in_float32(dtype: torch.dtype, loss: str) -> None:
    """Half-precision rows, exact in float32 too: both give one number, to the last bit."""
    head = build(head={'loss': loss}).heads['local']
    q, z = torch.randn(10, 16).to(dtype), torch.randn(10, 16).to(dtype)
    with autocast(dtype):
        distance = head.loss(q, z)
    assert torch.equal(distance, head.loss(q.float(), z.float()))


@EVERY
def test_views_of_one_colour_are_survived(dtype: torch.dtype) -> None:
    """All patches tie, so the first are taken; a batch of them has no variance to divide by."""
    model = build()
    inputs, gray = views()
    inputs = [torch.full_like(view, (255 - 118) / 58) for view in inputs]
    gray = [torch.full_like(view, 255) for view in gray]
    pairs = model.selector(gray)
    assert torch.equal(pairs.small, torch.arange(K).expand(2, K))
    assert not pairs.large.any()
    backward(model, inputs, gray, dtype)


@EVERY
def test_features_of_nothing_but_zeros_are_survived(dtype: torch.dtype) -> None:
    """Rows of zeros are orthogonal to everything: a loss of 2 in each direction."""
    model = build()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    losses = backward(model, *views(), dtype)
    assert [each.item() for each in losses.values()] == [4.0, 4.0, 4.0]
