"""Where the features of a network are strongest, in image files."""
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.probes.backbones import random_backbone
from oadp_mm.probes.heat import heat_maps
from oadp_mm.probes.networks import Network
from tests.probes.tiny_network import BACKBONE


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


def test_an_image_that_looks_the_same_everywhere_points_nowhere(tmp_path):
    for name, level in (('flat', 90), ('black', 0)):
        cv2.imwrite(str(tmp_path / f'{name}.png'), np.full((32, 48, 3), level, np.uint8))
        [heat] = heat_maps(NETWORK, [tmp_path / f'{name}.png'], [], size=32)
        assert heat.shape == (4, 6) and not heat.any()


def test_statistics_are_those_of_all_images_or_the_networks_own(tmp_path):
    paths = [tmp_path / f'{i}.png' for i in range(3)]
    generator = np.random.default_rng(0)
    for path in paths:
        cv2.imwrite(str(path), generator.integers(0, 255, (64, 96, 3), np.uint8))
    backbones = [random_backbone(BACKBONE, 0) for _ in range(2)]
    kept = {key: value.clone() for key, value in backbones[0].state_dict().items()}
    own, clean = (heat_maps(replace(NETWORK, backbone=backbone), paths[:1], others, size=64)
                  for backbone, others in zip(backbones, ([], paths), strict=True))
    assert own[0].shape == clean[0].shape == (4, 6)
    assert not np.allclose(own[0] / own[0].max(), clean[0] / clean[0].max(), atol=.01)
    assert all(torch.equal(value, kept[key]) for key, value in backbones[0].state_dict().items())


def test_another_layer_has_other_cells(tmp_path):
    path = tmp_path / 'a.png'
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    network = replace(NETWORK, backbone=random_backbone(BACKBONE, 0))
    assert [heat_maps(network, [path], [], 64, layer)[0].shape for layer in (0, 1, -1)] == [
        (16, 16), (8, 8), (4, 4)]
