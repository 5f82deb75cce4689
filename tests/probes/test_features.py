"""What a backbone gets to see of an image."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.probes.features import centre


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


def test_an_unreadable_image_is_named(tmp_path):
    (tmp_path / 'x.jpg').write_bytes(b'no image')
    with pytest.raises(UnreadableImage, match=r'x\.jpg cannot be read'):
        centre(tmp_path / 'x.jpg', 32)
