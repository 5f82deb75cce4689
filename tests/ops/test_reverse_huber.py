from __future__ import annotations

import pytest
import torch

from oadp_mm.ops.reverse_huber import reverse_huber
from tests.oracles import depth as oracle


def batch(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    depths, truth = torch.rand(2, 2, 1, 5, 7, dtype=torch.float64) * 10
    return depths, truth, torch.rand(2, 1, 5, 7) < 0.6


@pytest.mark.parametrize('seed', range(3))
def test_it_is_that_of_a_loop(seed):
    depths, truth, valid = batch(seed)
    expected = oracle.reverse_huber(depths.numpy(), truth.numpy(), valid.numpy())
    assert reverse_huber(depths, truth, valid).item() == pytest.approx(expected, rel=1e-12)


def test_closed_form():
    """Errors of 1 and 10: c = 2; 1 below it, (100 + 4) / 4 = 26 above it."""
    depths = torch.tensor([3.0, 12.0])
    assert reverse_huber(depths, torch.tensor([2.0, 2.0]), depths > 0).item() == 13.5


def test_what_is_not_valid_counts_for_nothing():
    depths, truth, valid = batch()
    depths.requires_grad_()
    reverse_huber(depths, truth, valid).backward()
    assert torch.equal(depths.grad != 0, valid)
    other = truth.where(valid, torch.tensor(torch.nan, dtype=truth.dtype))
    assert reverse_huber(depths, other, valid) == reverse_huber(depths, truth, valid)


def test_gradient_takes_the_bound_for_a_number():
    """sign(e) below it, e / c above it, a share of the pixels each."""
    depths = torch.tensor([3.0, 12.0, 0.0], requires_grad=True)
    reverse_huber(depths, torch.tensor([2.0, 2.0, 1.0]), depths >= 0).backward()
    torch.testing.assert_close(depths.grad, torch.tensor([1, 10 / 2, -1]) / 3)


@pytest.mark.parametrize('valid', [True, False])
def test_nothing_wrong_or_nothing_valid_is_zero_with_a_gradient_of_zero(valid):
    depths = torch.ones(2, 3, requires_grad=True)
    loss = reverse_huber(depths, torch.full((2, 3), 1.0 if valid else 5.0),
                         torch.full((2, 3), valid))
    loss.backward()
    assert loss == 0
    assert torch.equal(depths.grad, torch.zeros(2, 3))


def test_half_precision_is_computed_in_float32():
    depths = torch.full((4096,), 9.0, dtype=torch.float16)
    truth = torch.zeros(4096)  # (81 + 1.8**2) / 3.6 each, a sum of 95846
    assert reverse_huber(depths, truth, depths > 0).item() == pytest.approx(23.4)
