from __future__ import annotations

import pytest
import torch
from mmdet.models.roi_heads.shared_heads import ResLayer

from oadp_mm.models import NormedPooling, NormedSharedHead

LAYER = {'type': 'mmdet.ResLayer', 'depth': 18, 'norm_eval': False}


def test_maps_of_the_layer_are_normalised_per_channel():
    head = NormedSharedHead({'type': 'ReLU'}, channels=3).train()
    maps = torch.randn(4, 3, 5, 5, dtype=torch.float64) * 7 + 2
    positive = maps.clamp(min=0)
    mean = positive.mean((0, 2, 3), keepdim=True)
    deviation = (positive - mean).square().mean((0, 2, 3), keepdim=True).add(1e-5).sqrt()
    torch.testing.assert_close(head.double()(maps), (positive - mean) / deviation)


def test_the_layer_keeps_its_keys():
    """So that a checkpoint's layer4 fits it whole, and the norm stays outside."""
    head = NormedSharedHead(LAYER, channels=512)
    assert head.layer.state_dict().keys() == ResLayer(depth=18).state_dict().keys()
    assert {key.split('.')[0] for key in head.state_dict()} == {'layer', 'norm'}


@pytest.mark.parametrize('mode', [True, False])
def test_all_of_it_follows_the_mode_of_the_detector(mode):
    head = NormedSharedHead(LAYER, channels=512)
    head.train(mode)
    norms = [m for m in head.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    # 2 blocks of 2, the shortcut and the one behind
    assert len(norms) == 6
    assert all(norm.training is mode for norm in norms)
    assert head(torch.randn(2, 256, 4, 4)).shape == (2, 512, 2, 2)


def test_means_of_windows_are_normalised_per_channel():
    """In training over the batch, in evaluation by the running statistics; nothing is learned."""
    neck = NormedPooling(3, windows=2).double()
    maps = torch.randn(5, 3, 7, 7, dtype=torch.float64) * 3 + 1
    means = torch.stack([maps[:, :, i:i + 6, j:j + 6].mean((2, 3))
                         for i in (0, 1) for j in (0, 1)], -1)  # (b, c, 4)
    mean = means.mean((0, 2), keepdim=True)
    variance = (means - mean).square().mean((0, 2), keepdim=True)
    [rows] = neck.train()((maps * 0, maps))
    torch.testing.assert_close(rows, ((means - mean) / (variance + 1e-5).sqrt()).flatten(1))
    assert not list(neck.parameters())
    running = neck.norm.running_mean[:, None]
    torch.testing.assert_close(running, .1 * mean[0])
    [rows] = neck.eval()((maps,))
    expected = (means - running) / (neck.norm.running_var[:, None] + 1e-5).sqrt()
    torch.testing.assert_close(rows, expected.flatten(1))
