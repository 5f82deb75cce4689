from __future__ import annotations

import pytest
import torch
from mmdet.models.roi_heads.shared_heads import ResLayer

from oadp_mm.models import (
    ExtendedPyramid,
    FrozenWeights,
    NormedPooling,
    NormedSharedHead,
)

PYRAMID = {'type': 'mmdet.FPN', 'in_channels': [4, 2], 'out_channels': 3, 'num_outs': 2,
           'norm_cfg': {'type': 'BN'}}
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


def test_two_levels_below_a_pyramid_are_detectron2s():
    """P6 of the last map, P7 of P6 behind a ReLU, by a loop over one position each."""
    neck = ExtendedPyramid(PYRAMID, in_channels=2, channels=3).double()
    maps = (torch.randn(1, 4, 12, 12).double(), torch.randn(1, 2, 6, 6).double())
    *levels, p6, p7 = neck(maps)
    assert all(map(torch.equal, levels, neck.pyramid(maps)))
    assert (p6.shape, p7.shape) == ((1, 3, 3, 3), (1, 3, 2, 2))
    at = (maps[1][0, :, 1:4, 3:6] * neck.p6.weight[1]).sum() + neck.p6.bias[1]  # row 1, column 2
    torch.testing.assert_close(p6[0, 1, 1, 2], at)
    at = (p6.clamp(min=0)[0, :, 1:3, 1:3] * neck.p7.weight[2, :, :2, :2]).sum() + neck.p7.bias[2]
    torch.testing.assert_close(p7[0, 2, 1, 1], at)
    assert not neck.p6.bias.any()


def test_they_have_no_norm_and_start_as_in_detectron2():
    neck = ExtendedPyramid(PYRAMID, in_channels=2, channels=8)
    neck.init_weights()
    norms = {name.split('.')[0] for name, part in neck.named_modules()
             if isinstance(part, torch.nn.BatchNorm2d)}
    assert norms == {'pyramid'}
    for level, fan_in in ((neck.p6, 2 * 9), (neck.p7, 8 * 9)):
        largest = level.weight.abs().max().item()
        assert 0.9 * (3 / fan_in) ** 0.5 < largest <= (3 / fan_in) ** 0.5
    assert [each.shape[-1] for each in neck([torch.randn(1, 4, 8, 8), torch.randn(1, 2, 4, 4)])] \
        == [8, 4, 2, 1]


def test_frozen_weights_run_as_in_training_and_get_no_gradient():
    """Dropout tells the mode: with .5 about half the values are zero, in evaluation none is."""
    backbone = FrozenWeights({'type': 'mmpretrain.VisionTransformer', 'drop_rate': 0.5, 'arch': {
        'embed_dims': 8, 'num_layers': 1, 'num_heads': 2, 'feedforward_channels': 16},
        'img_size': 32, 'patch_size': 16, 'out_type': 'raw'})
    images = torch.randn(2, 3, 32, 32)
    maps = [torch.stack([backbone.train(mode)(images)[-1] for _ in range(2)])
            for mode in (True, False)]
    assert not torch.equal(*maps[0])
    assert torch.equal(*maps[1])
    assert not maps[0].requires_grad
    assert all(not each.requires_grad for each in backbone.parameters())
