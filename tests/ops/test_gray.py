from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.ops.gray import luma
from tests.oracles import images


@pytest.mark.parametrize('name', images.PHOTOS)
def test_luma_of_a_photo_is_opencvs(name: str) -> None:
    rgb = images.photo(name, 96)
    ours = luma(torch.from_numpy(rgb).permute(2, 0, 1)[None])[0].numpy()
    theirs = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_luma_of_every_colour_on_a_lattice_is_opencvs() -> None:
    levels = np.r_[np.arange(0, 256, 5), 254, 255].astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing='ij'), -1)
    rgb = cube.reshape(len(levels), -1, 3)
    ours = luma(torch.from_numpy(rgb).permute(2, 0, 1)[None])[0].numpy()
    theirs = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_channels_are_red_green_blue() -> None:
    """ITU-R 601 weighs red 0.299, green 0.587, blue 0.114; BGR input would swap 76 and 29."""
    primaries = 255 * torch.eye(3, dtype=torch.uint8)[:, :, None, None]
    assert luma(primaries).flatten().tolist() == [76, 150, 29]


def test_grey_pictures_keep_their_values() -> None:
    levels = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    out = luma(levels.expand(-1, 3, -1, -1))
    assert out.dtype == torch.uint8
    assert torch.equal(out, levels[:, 0])


def test_memory_layout_does_not_matter() -> None:
    rgb = torch.randint(0, 256, (2, 3, 16, 24), dtype=torch.uint8)
    expected = luma(rgb)
    assert torch.equal(luma(rgb.contiguous(memory_format=torch.channels_last)), expected)
    assert torch.equal(luma(rgb.flip(-1)).flip(-1), expected)
