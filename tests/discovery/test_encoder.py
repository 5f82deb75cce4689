from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from oadp_mm.discovery.box_features import square
from oadp_mm.discovery.encoder import Encoder
from oadp_mm.probes.features import centre
from oadp_mm.probes.networks import Network
from tests.discovery import made

PICTURES = torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8,
                         generator=torch.Generator().manual_seed(0))


def network(backbone: nn.Module, **fed) -> Network:
    fed = {'mean': [10, 20, 30], 'std': [2, 4, 5], 'channels': 'RGB', **fed}
    return Network('net', backbone, {}, fed, {})


def test_rows_are_means_of_the_last_map_of_length_one_and_projected():
    """Of pictures whose channels are turned, and normalised as the training did it."""
    projector = nn.Linear(made.CHANNELS, 3)
    backbone = made.Counting()
    seen = (PICTURES.flip(1).float() - torch.tensor([10, 20, 30]).view(3, 1, 1)) / torch.tensor(
        [2., 4, 5]).view(3, 1, 1)
    rows = backbone.cells(seen).mean((2, 3))
    torch.testing.assert_close(Encoder(network(backbone), 32)(PICTURES),
                               nn.functional.normalize(rows, dim=1))
    encoder = Encoder(network(backbone), 32, projector)
    torch.testing.assert_close(encoder(PICTURES), nn.functional.normalize(projector(rows), dim=1))
    alone = Encoder(network(backbone), 32).digest
    assert encoder.channels == 3 and encoder.digest != alone == encoder.digest_of_backbone


def test_what_changes_rows_changes_the_digest():
    digests = {Encoder(each, 32).digest for each in (
        network(made.Counting()), network(made.Counting(), channels='BGR'),
        network(made.Counting(), std=[1, 4, 5]))}
    assert len(digests) == 3


def test_numbers_that_are_not_finite_are_refused():
    backbone = made.Counting()
    backbone.cells.weight.data[0] = torch.nan
    with pytest.raises(ValueError, match='returns numbers that are not finite'):
        Encoder(network(backbone), 32)(PICTURES)


class Normed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)

    def forward(self, pictures):
        return (self.norm(pictures),)


def test_statistics_are_the_files_or_those_of_clean_images(tmp_path):
    assert Encoder(network(made.Counting()), 32, statistics='clean').statistics == 'none'
    for i in range(3):
        cv2.imwrite(str(tmp_path / f'{i}.png'), made.photo(i))
    paths = sorted(tmp_path.iterdir())
    own, clean = (Encoder(network(Normed(), mean=[0] * 3, std=[1] * 3, channels='BGR'), 32,
                          statistics=which) for which in ('own', 'clean'))
    for encoder in (own, clean):
        assert encoder.measure(paths) == []
    assert own.network.backbone.norm.running_mean.tolist() == [0, 0, 0]
    pixels = torch.stack([centre(path, 32) for path in paths]).float()
    torch.testing.assert_close(clean.network.backbone.norm.running_mean, pixels.mean((0, 2, 3)))
    assert own.digest == clean.digest and own.parameters() != clean.parameters()


def test_a_box_is_squeezed_into_a_square():
    """Halved, its pixels are means by a triangle of twice the width; enlarged by two, its corners
    stay.
    """
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    half = square(image, np.array([2, 4, 18, 20]), 8)
    distance = np.arange(16) + .5 - (2 * np.arange(8)[:, None] + 1)
    weights = np.maximum(0, 1 - np.abs(distance) / 2)
    weights /= weights.sum(1, keepdims=True)
    means = np.einsum('iy,jx,yxc->cij', weights, weights, image[4:20, 2:18])
    assert half.shape == (3, 8, 8) and np.abs(half - means).max() <= 1  # each pass is rounded
    large = square(image, np.array([5, 6, 9, 10]), 8)
    np.testing.assert_array_equal(large[:, [0, 0, -1, -1], [0, -1, 0, -1]],
                                  image[[6, 6, 9, 9], [5, 8, 5, 8]].T)
