from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.layers.mlp import ConcatLinear, mlp
from tests.oracles.network import perceptron, weights_of


def test_the_perceptron_is_linear_norm_relu_linear() -> None:
    body = mlp(6, 11, 3).double()
    with torch.no_grad():
        for parameter in body.parameters():
            parameter.add_(torch.randn_like(parameter))
    rows = torch.randn(9, 6, dtype=torch.float64)
    expected = perceptron(rows.numpy(), weights_of(body))
    np.testing.assert_allclose(body(rows).detach().numpy(), expected, rtol=0, atol=1e-12)


def test_sizes_of_the_paper() -> None:
    """2048-4096-256 with biases and one norm: the weights counted by hand."""
    expected = (2048 * 4096 + 4096) + 2 * 4096 + (4096 * 256 + 256)
    assert sum(parameter.numel() for parameter in mlp(2048, 4096, 256).parameters()) == expected


def by_layers(rows: np.ndarray, weights: list[np.ndarray], layers: int, norm: bool,
              last_norm: bool, bias: bool, last_bias: bool) -> np.ndarray:
    """Layer after layer as the options describe them; every parameter is used once."""
    left = iter(weights)
    for last in [False] * (layers - 1) + [True]:
        rows = rows @ next(left).T
        if last_bias if last else bias:
            rows = rows + next(left)
        if last_norm if last else norm:
            rows = (rows - rows.mean(0)) / np.sqrt(rows.var(0) + 1e-5)
            if not last:
                rows = rows * next(left) + next(left)
        if not last:
            rows = np.maximum(rows, 0)
    assert next(left, None) is None
    return rows


@pytest.mark.parametrize('layers', [1, 2, 3])
@pytest.mark.parametrize('options', list(itertools.product([False, True], repeat=4)), ids=str)
def test_every_option(layers: int, options: tuple[bool, ...]) -> None:
    names = ('norm', 'last_norm', 'bias', 'last_bias')
    body = mlp(6, 11, 3, layers=layers, **dict(zip(names, options, strict=True))).double()
    with torch.no_grad():
        for parameter in body.parameters():
            parameter.add_(torch.randn_like(parameter))
    rows = torch.randn(9, 6, dtype=torch.float64)
    expected = by_layers(rows.numpy(), weights_of(body), layers, *options)
    np.testing.assert_allclose(body(rows).detach().numpy(), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(('widths', 'layers'), [
    ((0, 8, 4), 2), ((8, 0, 4), 2), ((8, 8, 0), 2), ((8, 8, 4), 0), ((8, 8, 4), -1)], ids=str)
def test_no_layer_and_no_width_are_refused(widths: tuple[int, ...], layers: int) -> None:
    with pytest.raises(ValueError, match=f'at least 1 layer.*got {layers} layers'):
        mlp(*widths, layers=layers)


def test_the_width_of_no_hidden_layer_is_free() -> None:
    assert [tuple(p.shape) for p in mlp(8, 0, 4, layers=1).parameters()] == [(4, 8), (4,)]


def gradients(layer: ConcatLinear, rows: Tensor | tuple[Tensor, ...], *leaves: Tensor):
    out = layer(rows)
    return out, torch.autograd.grad(out.square().sum(), [*layer.parameters(), *leaves])


def test_parts_are_a_concatenation_that_is_never_made() -> None:
    """Outputs, weight gradients and gradients of a shared part: all as if it had been repeated."""
    layer = ConcatLinear(7, 4).double()
    views = torch.randn(3, 1, 2, dtype=torch.float64, requires_grad=True)
    patches = torch.randn(3, 5, 5, dtype=torch.float64, requires_grad=True)
    repeated = torch.cat([views.expand(-1, 5, -1), patches], 2).flatten(0, 1)
    plain = torch.nn.functional.linear(repeated, layer.weight, layer.bias)
    expected = torch.autograd.grad(plain.square().sum(), [*layer.parameters(), views, patches])
    out, found = gradients(layer, (views, patches), views, patches)
    torch.testing.assert_close(out, plain, rtol=0, atol=1e-12)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_a_shared_part_is_multiplied_once() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    layer, shared, own, rows = ConcatLinear(30, 8), 20, 10, 6
    with FlopCounterMode(display=False) as counter:
        layer((torch.randn(2, 1, shared), torch.randn(2, rows, own)))
    assert counter.get_total_flops() == 2 * 2 * (shared + rows * own) * 8


def test_parts_of_another_width_are_refused(unchecked: None) -> None:
    with pytest.raises(ValueError, match=r'rows of 7 channels in all, got parts of \[2, 4\]'):
        ConcatLinear(7, 4)((torch.randn(3, 2), torch.randn(3, 4)))
