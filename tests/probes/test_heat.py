"""Where the features of a network are strongest, in image files."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.probes.heat import heat_maps
from oadp_mm.probes.networks import Network


class Brightness(torch.nn.Module):
    """A map of 8 px a cell: their mean level in two channels, the second half as large."""

    def forward(self, images):
        cells = torch.nn.functional.avg_pool2d(images.mean(1, keepdim=True), 8)
        return (torch.cat([cells, cells / 2], 1),)


NETWORK = Network('n', Brightness(), {}, {'mean': [0.] * 3, 'std': [1.] * 3, 'channels': 'RGB'}, {})


def test_cells_that_are_bright_are_strong(tmp_path):
    image = np.zeros((32, 48, 3), np.uint8)
    image[8:16, 24:32] = 100
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    [heat] = heat_maps(NETWORK, [tmp_path / 'a.png'], [tmp_path / 'a.png'], size=30)  # 32 by stride
    expected = np.zeros((4, 6))
    expected[1, 3] = 100 * np.hypot(1, .5)
    np.testing.assert_allclose(heat, expected, rtol=1e-6)


def test_an_image_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UnreadableImage):
        heat_maps(NETWORK, [tmp_path / 'none.png'], [])
