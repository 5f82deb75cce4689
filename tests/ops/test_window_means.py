from __future__ import annotations

import pytest
import torch

from oadp_mm.ops.window_means import window_means


@pytest.mark.parametrize(('height', 'width', 'windows'), [(7, 7, 2), (4, 6, 3), (2, 2, 2)])
def test_means_of_windows_a_cell_apart(height, width, windows):
    maps = torch.randn(2, 3, height, width, dtype=torch.float64)
    found = window_means(maps, windows)
    assert found.shape == (2, 3, windows, windows)
    rows, columns = height - windows + 1, width - windows + 1
    for i in range(windows):
        for j in range(windows):
            mean = maps[:, :, i:i + rows, j:j + columns].mean((2, 3))
            torch.testing.assert_close(found[:, :, i, j], mean)


def test_windows_of_a_resnets_last_map_are_those_of_the_protocol():
    """Goyal et al. 2019: kernel 6, stride 1."""
    maps = torch.randn(1, 4, 7, 7)
    torch.testing.assert_close(window_means(maps, 2), torch.nn.AvgPool2d(6, 1)(maps))


@pytest.mark.parametrize('windows', [0, 4])
def test_a_map_too_small(windows):
    with pytest.raises(ValueError, match=f'3 x 5 cells has no {windows} x {windows} windows'):
        window_means(torch.zeros(1, 1, 3, 5), windows)
