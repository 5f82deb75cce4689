"""What a backbone gets to see of an image, and what is taken from it."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.probes.backbones import build_preprocessor
from oadp_mm.probes.features import BATCH, centre, pooled_features

PLAIN = build_preprocessor({'mean': (0, 0, 0), 'std': (1, 1, 1)})


def save(path, pixels: np.ndarray):
    assert cv2.imwrite(str(path), pixels)
    return path


def test_the_centre_is_what_remains(tmp_path):
    """64 of 128 px wide: resized to a height of 256/224 of 56, then 56 px from the centre."""
    columns = np.zeros((64, 128, 3), np.uint8)
    columns[:] = np.arange(128)[None, :, None]
    seen = centre(save(tmp_path / 'x.png', columns), 56)
    assert seen.shape == (3, 56, 56)
    # round(56 * 256 / 224) = 64: no resize at all, and (128 - 56) / 2 = 36 columns are cut off.
    expected = torch.arange(36, 92, dtype=torch.uint8).expand(3, 56, 56)
    torch.testing.assert_close(seen, expected)


@pytest.mark.parametrize(('height', 'width'), [(200, 90), (90, 200), (20, 33), (64, 64)])
def test_every_shape_becomes_the_square(tmp_path, height, width):
    gray = np.full((height, width, 3), 7, np.uint8)
    seen = centre(save(tmp_path / 'x.png', gray), 32)
    assert torch.equal(seen, torch.full((3, 32, 32), 7, dtype=torch.uint8))


class Echo(nn.Module):
    """Returns two maps: something else, and its input after a batch norm."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3, eps=1e-30)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return images * 0, self.norm(images)


def test_features_are_means_of_the_last_map_without_batch_statistics(tmp_path):
    """A fresh norm's running statistics are 0 and 1: in evaluation it changes nothing."""
    values = np.arange(BATCH + 3)
    paths = [save(tmp_path / f'{v}.png', np.full((32, 32, 3), v, np.uint8)) for v in values]
    heard = []
    found = pooled_features(Echo().train(), PLAIN, paths, 32, heard.append)
    np.testing.assert_allclose(found, np.repeat(values[:, None], 3, axis=1))
    assert heard == [BATCH, BATCH + 3]


def test_a_backbone_without_maps_is_refused(tmp_path):
    path = save(tmp_path / 'x.png', np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(ValueError, match=r'average a map .* returned \(1, 3072\)'):
        pooled_features(nn.Sequential(nn.Flatten(), Pair()), PLAIN, [path], 32)


class Pair(nn.Module):
    def forward(self, rows: torch.Tensor) -> tuple[torch.Tensor]:
        return (rows,)


def test_an_unreadable_image_is_named(tmp_path):
    (tmp_path / 'x.jpg').write_bytes(b'no image')
    with pytest.raises(UnreadableImage, match=r'x\.jpg cannot be read'):
        centre(tmp_path / 'x.jpg', 32)
