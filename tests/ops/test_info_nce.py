from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from oadp_mm.ops.info_nce import check_temperature, in_batch_info_nce, info_nce
from tests.oracles.info_nce import others, surprise

T = 0.2


def rows(count: int, width: int = 7) -> Tensor:
    return torch.randn(count, width, dtype=torch.float64)


@pytest.mark.parametrize('own', [False, True])
@pytest.mark.parametrize('t', [0.07, 1.0])
def test_info_nce_is_the_mean_of_the_queries(t: float, own: bool) -> None:
    q, k, queue, further = rows(5), rows(5), rows(9), rows(5)
    expected = [
        surprise(q[i].numpy(), k[i].numpy(),
                 [*queue.numpy(), *([further[i].numpy()] if own else [])], t) for i in range(5)]
    loss = info_nce(q, k, queue, temperature=t, own_negatives=further if own else None)
    assert loss.item() == pytest.approx(sum(expected) / 5, abs=1e-12)


@pytest.mark.parametrize('own', [False, True])
def test_in_batch_takes_the_other_keys_as_negatives(own: bool) -> None:
    """More keys than queries, as on one of several processes, and positives in any order."""
    q, k, further, positive = rows(3), rows(6), rows(3), [4, 0, 5]
    expected = [
        surprise(q[i].numpy(), k[j].numpy(),
                 [*others(k.numpy(), j), *([further[i].numpy()] if own else [])], T)
        for i, j in enumerate(positive)]
    loss = in_batch_info_nce(q, k, torch.tensor(positive), temperature=T,
                             own_negatives=further if own else None)
    assert loss.item() == pytest.approx(sum(expected) / 3, abs=1e-12)


def test_closed_forms() -> None:
    """Cosines are 1 with the positive and 0 with K negatives: log(1 + K exp(-1/t))."""
    axes = torch.eye(6, dtype=torch.float64)
    q, queue = axes[:2], axes[2:]
    assert info_nce(3 * q, 0.1 * q, 7 * queue, temperature=T).item() == pytest.approx(
        math.log(1 + 4 * math.exp(-1 / T)), abs=1e-12)
    # A further negative equal to the query weighs as much as the positive.
    assert info_nce(q, q, queue, temperature=T, own_negatives=q).item() == pytest.approx(
        math.log(2 + 4 * math.exp(-1 / T)), abs=1e-12)
    assert in_batch_info_nce(q, axes, torch.tensor([0, 1]), temperature=T).item() == pytest.approx(
        math.log(1 + 5 * math.exp(-1 / T)), abs=1e-12)


def test_gradients_are_the_numerical_ones() -> None:
    q, k, queue, own = (each.requires_grad_() for each in (rows(3), rows(3), rows(4), rows(3)))
    positive = torch.tensor([2, 0, 1])
    assert torch.autograd.gradcheck(
        lambda *x: info_nce(*x[:3], temperature=T, own_negatives=x[3]), (q, k, queue, own))
    assert torch.autograd.gradcheck(
        lambda *x: in_batch_info_nce(*x[:2], positive, temperature=T, own_negatives=x[2]),
        (q, k, own))


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_rows_are_compared_in_float32(dtype: torch.dtype) -> None:
    """Rows that both types hold exactly give one number, under autocast too."""
    q, k, queue, own = (x.to(dtype) for x in (rows(4), rows(4), rows(9), rows(4)))
    positive = torch.arange(4)
    with torch.autocast('cpu', dtype):
        losses = (info_nce(q, k, queue.float(), temperature=T, own_negatives=own),
                  in_batch_info_nce(q, k, positive, temperature=T, own_negatives=own))
    q, k, queue, own = (x.float() for x in (q, k, queue, own))
    assert torch.equal(losses[0], info_nce(q, k, queue, temperature=T, own_negatives=own))
    assert torch.equal(losses[1], in_batch_info_nce(q, k, positive, temperature=T,
                                                    own_negatives=own))


@pytest.mark.parametrize('t', [1e-3, T])
def test_rows_of_zeros_and_cold_temperatures_stay_finite(t: float) -> None:
    """A row of zeros is orthogonal to all: log(1 + 4), whatever the temperature."""
    q = torch.zeros(2, 7, requires_grad=True)
    loss = info_nce(q, rows(2).float(), rows(4).float(), temperature=t)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(5))
    assert q.grad.isfinite().all()
    far = info_nce(torch.eye(2), -torch.eye(2), torch.eye(2), temperature=t)
    # The cosines are -1, 1 and 0: log(exp(-1/t) + exp(1/t) + 1) + 1/t.
    assert far.item() == pytest.approx(2 / t + math.log1p(math.exp(-1 / t) + math.exp(-2 / t)))


@pytest.mark.parametrize('t', [0, -0.1, float('inf'), float('nan')])
def test_temperatures_that_are_none(t: float) -> None:
    with pytest.raises(ValueError, match=f'temperature must be a positive finite number, got {t}'):
        check_temperature(t)
