from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from oadp_mm.ops.losses import cosine_distance, mean, squared_error
from tests.oracles import losses as oracle

#: The losses are computed in float32.
TOLERANCE = 1e-6


def rows(*values: list[float]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(('q', 'z', 'expected'), [
    ([3.0, 4.0], [3.0, 4.0], 0.0),
    ([3.0, 4.0], [0.3, 0.4], 0.0),
    ([3.0, 4.0], [-3.0, -4.0], 4.0),
    ([3.0, 4.0], [-4.0, 3.0], 2.0),
    ([1.0, 0.0], [1.0, 1.0], 2 - math.sqrt(2)),
])
def test_closed_forms(q: list[float], z: list[float], expected: float) -> None:
    assert cosine_distance(rows(q), rows(z)).item() == pytest.approx(expected, abs=TOLERANCE)


def test_mean_over_rows() -> None:
    distance = cosine_distance(rows([1, 0], [1, 0], [1, 0]), rows([5, 0], [-2, 0], [0, 7]))
    assert distance.item() == pytest.approx((0 + 4 + 2) / 3, abs=TOLERANCE)


def test_random_rows_are_the_squared_distance_of_unit_vectors() -> None:
    q, z = torch.randn(2, 50, 9, dtype=torch.float64)
    expected = oracle.cosine_distance(q.numpy(), z.numpy())
    assert cosine_distance(q, z).item() == pytest.approx(expected, abs=TOLERANCE)


def test_gradient_is_the_analytic_one() -> None:
    """d(2 - 2 cos)/dq = -2 (z/|z| - cos * q/|q|) / |q|, divided by the number of rows."""
    q, z = torch.randn(2, 4, 6, dtype=torch.float64)
    q.requires_grad_()
    cosine_distance(q, z).backward()
    unit_q, unit_z = (np.divide(v, np.linalg.norm(v, axis=1, keepdims=True))
                      for v in (q.detach().numpy(), z.detach().numpy()))
    cos = (unit_q * unit_z).sum(1, keepdims=True)
    norm = np.linalg.norm(q.detach().numpy(), axis=1, keepdims=True)
    expected = -2 * (unit_z - cos * unit_q) / norm / len(q)
    np.testing.assert_allclose(q.grad.numpy(), expected, rtol=0, atol=TOLERANCE)


def test_squared_error_by_loops() -> None:
    q, z = torch.randn(2, 20, 9, dtype=torch.float64)
    expected = oracle.squared_error(q.numpy(), z.numpy())
    assert squared_error(q, z).item() == pytest.approx(expected, abs=TOLERANCE)
    assert squared_error(rows([1, 2], [3, 4]), rows([1, 0], [0, 4])).item() == (4 + 9) / 4


def test_half_precision_is_widened_before_anything_is_squared() -> None:
    """300**2 overflows float16; the distance of parallel rows is still 0, of opposite rows 4."""
    q = torch.tensor([[300.0, 0.0], [300.0, 300.0]], dtype=torch.float16)
    assert cosine_distance(q, q).item() == pytest.approx(0, abs=TOLERANCE)
    assert cosine_distance(q, -q).item() == pytest.approx(4, abs=TOLERANCE)
    assert squared_error(q, -q).item() == pytest.approx(3 * 600 ** 2 / 4)


def test_a_row_of_zeros_gives_a_finite_loss_and_gradient() -> None:
    q = torch.zeros(1, 3, dtype=torch.float64, requires_grad=True)
    loss = cosine_distance(q, rows([1, 2, 3]))
    loss.backward()
    assert loss.item() == pytest.approx(2.0)
    assert torch.isfinite(q.grad).all()


@pytest.mark.usefixtures('unchecked')
@pytest.mark.parametrize('shape', [(), (1,), (4, 1), (3,)])
def test_weights_of_other_rows_are_refused(shape) -> None:
    with pytest.raises(ValueError, match=r'one number for each of 4 rows, got shape'):
        mean(torch.zeros(4), torch.ones(shape))


def test_weights_are_factors_in_the_sum() -> None:
    """Two images with two boxes and with one, the fourth row padding: a mean of means."""
    losses, weight = torch.tensor([1.0, 3.0, 5.0, 9.0]), torch.tensor([0.25, 0.25, 0.5, 0.0])
    assert mean(losses, weight).item() == ((1 + 3) / 2 + 5) / 2
    assert mean(losses).item() == 4.5
