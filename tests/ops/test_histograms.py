from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.histograms import cell_histograms, patch_histograms
from tests.oracles import images
from tests.oracles.objectness import patches

VIEWS = np.stack([images.gray_photo('astronaut', 84), images.noise(84, seed=0)])


@pytest.mark.parametrize('grid', [3, 7])
@pytest.mark.parametrize('span', [1, 2])
def test_histograms_are_numpys(grid: int, span: int) -> None:
    ours = patch_histograms(cell_histograms(torch.from_numpy(VIEWS), grid), span)
    expected = [
        [np.bincount(patch.ravel(), minlength=256) for patch in patches(view, grid, span)]
        for view in VIEWS
    ]
    np.testing.assert_array_equal(ours.numpy(), expected)


def test_cells_are_rows_then_columns() -> None:
    view = torch.zeros(1, 8, 12, dtype=torch.uint8)
    view[0, 2:4, 9:12] = 200  # cell of row 1, column 3
    cells = cell_histograms(view, 4)
    assert torch.nonzero(cells[..., 200]).tolist() == [[0, 1, 3]]
    assert cells[0, 1, 3, 200] == 2 * 3


def test_no_pixel_is_lost_or_counted_twice() -> None:
    cells = cell_histograms(torch.from_numpy(VIEWS), 7)
    total = cells.sum((1, 2)).numpy()
    np.testing.assert_array_equal(
        total, [np.bincount(view.ravel(), minlength=256) for view in VIEWS])
