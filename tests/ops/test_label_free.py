"""Measures without labels: closed forms, and loops over pairs."""
from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from oadp_mm.ops import label_free as ours
from oadp_mm.ops.label_free import (
    alignment,
    channel_deviations,
    effective_rank,
    mean_cosine,
    spread,
    uniformity,
)
from tests.oracles import label_free as oracle


@pytest.mark.parametrize('shape', [(50, 7), (7, 50), (9, 9)], ids=str)
def test_spread_by_loops(shape: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, '_ROWS_AT_ONCE', 4)
    rows = torch.randn(shape) + .5
    rows[3] = 0
    same = rows.double().numpy()
    assert effective_rank(rows) == pytest.approx(oracle.effective_rank(same, 1e-7), rel=1e-5)
    assert effective_rank(rows, centred=True, epsilon=1e-3) == pytest.approx(
        oracle.effective_rank(same - same.mean(0), 1e-3), rel=1e-5)
    assert mean_cosine(rows) == pytest.approx(oracle.mean_cosine(same))
    for t in (2, .5):
        assert uniformity(rows, t=t) == pytest.approx(oracle.uniformity(same, t))
    np.testing.assert_allclose(channel_deviations(rows), np.std(oracle.units(same), axis=0))
    other = torch.randn(shape)
    for power in (1, 2):
        assert alignment(rows, other, power=power) == pytest.approx(
            oracle.alignment(same, other.double().numpy(), power))


def test_the_rank_of_equal_directions_is_their_number() -> None:
    """Singular values a, a, a, 0, ...: the entropy is log 3, but for the epsilons."""
    rows = torch.zeros(12, 8)
    rows[torch.arange(12), torch.arange(12) % 3] = 5
    assert effective_rank(rows) == pytest.approx(3, rel=1e-4)
    assert effective_rank(rows, centred=True) == pytest.approx(2, rel=1e-4)
    turn = torch.linalg.qr(torch.randn(8, 8)).Q
    assert effective_rank(rows @ turn * 1e-3) == pytest.approx(3, rel=1e-4)


def test_vertices_of_a_simplex() -> None:
    """The eye, centred: cosines of -1 / (n - 1), distances 2 n / (n - 1), nothing in the mean."""
    rows = torch.eye(6) - 1 / 6
    assert mean_cosine(rows) == pytest.approx(-1 / 5)
    assert uniformity(rows) == pytest.approx(-2 * 2 * 6 / 5)
    assert float(channel_deviations(rows).square().sum()) == pytest.approx(1)


def test_alignment_of_known_angles() -> None:
    first = torch.tensor([[2., 0], [0, 3]])
    assert alignment(first, first * 7) == 0
    assert alignment(first, -first) == pytest.approx(4)
    assert alignment(first, first.flip(0)) == pytest.approx(2)
    assert alignment(first, -first, power=1) == pytest.approx(2)


@pytest.mark.parametrize('noise', [0, 1e-8], ids=['exactly', 'nearly'])
def test_rows_that_are_alike(noise: float) -> None:
    rows = torch.tensor([[.3, -.7, .1]]).repeat(40, 1).double()
    rows = rows + noise * torch.randn(40, 3)
    expected = dict(effective_rank=1, centred_rank=0, deviation=0, mean_cosine=1, uniformity=0)
    assert spread(rows) == pytest.approx(expected, abs=1e-5)
    assert alignment(rows, rows.flip(0)) == pytest.approx(0, abs=1e-12)


def test_rows_of_zeros() -> None:
    rows = torch.zeros(5, 3)
    assert spread(rows) == dict(effective_rank=0, centred_rank=0, deviation=0, mean_cosine=0,
                                uniformity=0)
    assert alignment(rows, rows) == 0


def test_rows_in_all_directions() -> None:
    """Gaussian rows: deviation 1, cosine 0, and the potential's mean for a chi-squared distance.

    Of two unit rows in many dimensions d**2 = 2 - 2 cos with var(cos) = 1 / c, so that the mean of
    exp(-2 d**2) is about exp(-4 + 8 / c).
    """
    found = spread(torch.randn(2000, 256))
    assert found['deviation'] == pytest.approx(1, abs=1e-3)
    assert found['mean_cosine'] == pytest.approx(0, abs=1e-3)
    assert found['uniformity'] == pytest.approx(-4 + 8 / 256, abs=1e-2)
    assert 240 < found['effective_rank'] < 256
    assert math.isclose(found['effective_rank'], found['centred_rank'], rel_tol=1e-2)


def test_bad_rows(unchecked: None) -> None:
    for measure in (effective_rank, channel_deviations, mean_cosine, uniformity, spread):
        with pytest.raises(ValueError, match='the features must be at least 2 rows, got 1'):
            measure(torch.ones(1, 3))
        with pytest.raises(ValueError, match='not finite'):
            measure(torch.tensor([[1., torch.inf], [0, 1]]))
    rows = torch.randn(4, 3)
    with pytest.raises(ValueError, match='got 4 rows of the first view and 3 of the second'):
        alignment(rows, rows[:3])
    with pytest.raises(ValueError, match='3 channels and the rows of the second view 2'):
        alignment(rows, rows[:, :2])
