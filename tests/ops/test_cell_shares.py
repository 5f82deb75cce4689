"""Shares of classes in cells, against fractions of pixels."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.cell_shares import cell_shares
from tests.oracles import segmentation as oracle


@pytest.mark.parametrize('grid', [(1, 1), (2, 3), (3, 2), (4, 6), (5, 7), (9, 4), (13, 1)], ids=str)
@pytest.mark.parametrize('dtype', [torch.uint8, torch.int64], ids=str)
def test_shares_by_fractions_of_pixels(grid: tuple, dtype: torch.dtype) -> None:
    """Grids that divide the 4 x 6 pixels, that do not, and that are finer than they."""
    rng = np.random.default_rng(0)
    labels = rng.choice([0, 1, 2, 255], (4, 6))
    labels[:2, :2] = 255  # a cell of some grids that has no label
    shares, known = cell_shares(torch.from_numpy(labels).to(dtype), grid, classes=4)
    assert shares.shape == (4, *grid) and known.shape == grid
    for row, column, expected, labelled in oracle.shares(labels, grid, 4):
        np.testing.assert_allclose(shares[:, row, column], [float(each) for each in expected],
                                   rtol=0, atol=1e-6)
        assert float(known[row, column]) == pytest.approx(float(labelled), abs=1e-6)


def test_cells_of_one_class_hold_just_that() -> None:
    """Exact ones and zeros, though a third of a pixel is no binary number."""
    labels = torch.tensor([[0, 2], [1, 0]]).repeat_interleave(5, 0).repeat_interleave(7, 1)
    shares, known = cell_shares(labels, (6, 6), classes=3)
    assert torch.equal(shares.argmax(0), torch.tensor([[0, 2], [1, 0]]).repeat_interleave(
        3, 0).repeat_interleave(3, 1))
    assert shares.unique().tolist() == [0, 1] and known.unique().tolist() == [1]


def test_another_label_may_be_ignored() -> None:
    shares, known = cell_shares(torch.tensor([[0, 1, 9, 1]]), (1, 2), classes=2, ignored=9)
    assert shares.tolist() == [[[.5, 0]], [[.5, 1]]] and known.tolist() == [[1, .5]]


@pytest.mark.parametrize(('labels', 'grid', 'told'), [
    ([[0, 3]], (1, 1), 'the label 3 is none of 3 classes: give numbers from 0 to 2, and 255'),
    ([[-1, 0]], (1, 1), 'the label -1 is none of 3 classes'),
    ([[0, 1]], (0, 1), r'at least one cell, got \(1, 2\) and \(0, 1\)'),
    ([[]], (1, 1), r'got \(1, 0\)'),
])  # fmt: skip
def test_labels_that_are_no_classes(labels: list, grid: tuple, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cell_shares(torch.tensor(labels, dtype=torch.int64), grid, classes=3)
