"""A damaged file gives an image or UnreadableImage: no other error, no crash, no gigabytes."""
from __future__ import annotations

import subprocess
import sys

import pytest

from oadp_mm.datasets.decoding import UnreadableImage, decode_image
from tests.conftest import ROOT
from tests.datasets import damaged_images


@pytest.mark.integration
def test_random_damage_of_each_format(tmp_path):
    """`make soak` does the same a hundred times as often."""
    done = subprocess.run(
        [sys.executable, '-X', 'faulthandler', '-m', 'tests.datasets.damaged_images', '200', '0'],
        cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert len(lines) >= len(damaged_images.KINDS) - 1  # AVIF not everywhere
    for line in lines:  # both happen, or the damage would be none or all
        _, images, _, refused, *_ = line.split()
        assert int(images) + int(refused) == 200 and min(int(images), int(refused)) > 10, line


@pytest.mark.parametrize('claim', [b'\x7f\xff\xff\xff', b'\x08\0\0\0'])
def test_a_png_whose_pixels_are_said_to_take_gigabytes_is_refused(claim, monkeypatch):
    data = damaged_images.whole('png')
    at = data.index(b'IDAT') - 4
    # OpenCV would make room for them, and find the image whole.
    monkeypatch.setattr('cv2.imdecode', None)
    with pytest.raises(UnreadableImage, match='it is truncated'):
        decode_image(data[:at] + claim + data[at + 4:])
