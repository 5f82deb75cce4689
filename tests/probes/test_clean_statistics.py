from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from oadp_mm.probes import clean_statistics
from oadp_mm.probes.clean_statistics import use_clean_statistics


def test_neighbours_do_not_make_a_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(clean_statistics, 'BATCH', 2)
    paths = [tmp_path / f'{level}.png' for level in range(5)]
    for level, path in enumerate(paths):
        cv2.imwrite(str(path), np.full((8, 8, 3), level, np.uint8))
    seen, done = [], []

    def normalise(images):
        seen.append(images[:, 0, 0, 0].tolist())
        return images.float()

    norm = nn.Sequential(nn.BatchNorm2d(3))
    assert use_clean_statistics(norm, normalise, paths, 7, listen=done.append) == []
    assert seen == [[0, 3], [1, 4], [2]]
    assert done == [2, 4, 5]
    # of plain images of levels 0 to 4, 49 pixels each: every pixel counts once
    assert norm[0].running_mean.tolist() == pytest.approx([2, 2, 2])
    assert norm[0].running_var.tolist() == pytest.approx([10 * 49 / (5 * 49 - 1)] * 3)


def test_a_network_without_batch_norm_is_told():
    with pytest.raises(ValueError, match='Identity has no batch norm'):
        use_clean_statistics(nn.Identity(), torch.Tensor.float, [], 7)


@pytest.mark.parametrize(('rule', 'mean'), [('range', 0), ('minmax', 127.5)])
def test_16_bit_pixels_become_what_they_were_in_training(tmp_path, rule, mean):
    """Of 0 and 100, whose high bits are empty: black, or stretched to 0 and 255."""
    pixels = np.zeros((73, 73, 3), np.uint16)
    pixels[:, ::2] = 100
    cv2.imwrite(str(tmp_path / 'a.png'), pixels)
    norm = nn.Sequential(nn.BatchNorm2d(3))
    use_clean_statistics(norm, torch.Tensor.float, [tmp_path / 'a.png'], 64, rule)
    assert norm[0].running_mean.tolist() == [mean] * 3
