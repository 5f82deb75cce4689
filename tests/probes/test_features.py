"""What a backbone gets to see of an image, and what is taken from it."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.probes.features import BATCH, Preprocess, pooled_features

PLAIN = {'mean': (0, 0, 0), 'std': (1, 1, 1)}


def save(path, pixels: np.ndarray):
    assert cv2.imwrite(str(path), pixels)
    return path


def test_the_centre_is_what_remains(tmp_path):
    """64 of 128 px wide: resized to a height of 256/224 of 56, then 56 px from the centre."""
    columns = np.zeros((64, 128, 3), np.uint8)
    columns[:] = np.arange(128)[None, :, None]
    seen = Preprocess(56, **PLAIN, rgb=False)(save(tmp_path / 'x.png', columns))
    assert seen.shape == (3, 56, 56)
    # round(56 * 256 / 224) = 64: no resize at all, and (128 - 56) / 2 = 36 columns are cut off.
    expected = torch.arange(36., 92.).expand(3, 56, 56)
    torch.testing.assert_close(seen, expected)


@pytest.mark.parametrize(('height', 'width'), [(200, 90), (90, 200), (20, 33), (64, 64)])
def test_every_shape_becomes_the_square(tmp_path, height, width):
    gray = np.full((height, width, 3), 7, np.uint8)
    seen = Preprocess(32, **PLAIN, rgb=True)(save(tmp_path / 'x.png', gray))
    assert torch.equal(seen, torch.full((3, 32, 32), 7.))


@pytest.mark.parametrize('key', ['bgr_to_rgb', 'to_rgb'])
def test_channels_and_units_are_those_of_the_training(tmp_path, key):
    bgr = np.full((40, 40, 3), (10, 20, 30), np.uint8)
    path = save(tmp_path / 'x.png', bgr)
    config = {'type': 'any', 'mean': [1., 2., 3.], 'std': [1., 2., 4.]}
    seen = Preprocess.like_training({**config, key: True}, 32)(path)
    assert seen[:, 0, 0].tolist() == [(30 - 1) / 1, (20 - 2) / 2, (10 - 3) / 4]
    seen = Preprocess.like_training({**config, key: False}, 32)(path)
    assert seen[:, 0, 0].tolist() == [(10 - 1) / 1, (20 - 2) / 2, (30 - 3) / 4]


def test_our_preprocessor_reads_rgb_with_the_statistics_of_imagenet(tmp_path):
    path = save(tmp_path / 'x.png', np.full((40, 40, 3), (103.53, 116.28, 123.675), np.uint8))
    seen = Preprocess.like_training({'type': 'oadp_mm.ViewsDataPreprocessor'}, 32)(path)
    assert seen.abs().max() < 1 / 57  # a level below the mean, for the rest was cut off


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
    found = pooled_features(Echo().train(), paths, Preprocess(32, **PLAIN, rgb=True), heard.append)
    np.testing.assert_allclose(found, np.repeat(values[:, None], 3, axis=1))
    assert heard == [BATCH, BATCH + 3]


def test_a_backbone_without_maps_is_refused(tmp_path):
    path = save(tmp_path / 'x.png', np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(ValueError, match=r'average a map .* returned \(1, 3072\)'):
        pooled_features(nn.Sequential(nn.Flatten(), Pair()), [path],
                        Preprocess(32, **PLAIN, rgb=True))


class Pair(nn.Module):
    def forward(self, rows: torch.Tensor) -> tuple[torch.Tensor]:
        return (rows,)


def test_an_unreadable_image_is_named(tmp_path):
    (tmp_path / 'x.jpg').write_bytes(b'no image')
    with pytest.raises(UnreadableImage, match=r'x\.jpg cannot be read'):
        Preprocess(32, **PLAIN, rgb=True)(tmp_path / 'x.jpg')
