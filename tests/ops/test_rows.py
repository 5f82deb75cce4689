"""What rows of features must be."""
from __future__ import annotations

import pytest
import torch

from oadp_mm.ops import rows as ours
from oadp_mm.ops.rows import are_alike, check_lengths, check_pair, check_rows, check_varied, unit


@pytest.mark.parametrize('scale', [1e-30, 1, 1e30])
def test_rows_are_alike_whatever_their_scale(scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last row, in a chunk of its own, tells."""
    monkeypatch.setattr(ours, '_AT_ONCE', 3)
    rows = torch.tensor([3., -4, 1]).double().repeat(7, 1) * scale
    for share, alike in ((0, True), (9e-7, True), (1.1e-6, False)):
        rows[6, 2] = (1 + 4 * share) * scale
        assert are_alike(rows) == alike


def test_unit_rows() -> None:
    """Though squares of the smallest are 0, and of the greatest infinite."""
    rows = torch.tensor([[3., 4], [0, 0], [-3e-30, 4e-30], [3e30, -4e30]])
    expected = torch.tensor([[.6, .8], [0, 0], [-.6, .8], [.6, -.8]])
    torch.testing.assert_close(unit(rows), expected)
    assert unit(rows.half()).dtype == torch.float32
    assert unit(rows.half(), torch.float64).dtype == torch.float64


def test_constant_rows_are_refused_but_for_a_single_one() -> None:
    check_varied(torch.ones(1, 3), 'rows')
    with pytest.raises(ValueError, match='rows are constant: all 5 rows are alike'):
        check_varied(torch.ones(5, 3), 'rows')


@pytest.mark.parametrize(('rows', 'told'), [
    (torch.zeros(2, 3, 4), r'floating-point features \(n, c\), got torch.float32 of \(2, 3, 4\)'),
    (torch.zeros(2, 3).long(), 'got torch.int64'),
    (torch.zeros(2, 0), r'of \(2, 0\)'),
    (torch.zeros(2, 3), 'they must be at least 3 rows, got 2: give more images or boxes'),
    (torch.tensor([[1.], [2], [torch.inf]]), 'they hold numbers that are not finite'),
])  # fmt: skip
def test_what_are_no_rows(rows: torch.Tensor, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_rows(rows, 'they', least=3)


def test_rows_that_do_not_belong_together() -> None:
    with pytest.raises(ValueError, match='a have 3 channels and b 2: take both'):
        check_pair(torch.zeros(1, 3), torch.zeros(1, 2), ('a', 'b'))
    with pytest.raises(ValueError, match='belongs together, got 2 rows and 3 labels'):
        check_lengths(rows=2, labels=3)
    check_lengths(rows=2, labels=2)
