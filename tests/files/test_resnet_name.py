from __future__ import annotations

import mmpretrain.models
import pytest
import torch
import torchvision

from oadp_mm.files.resnet_name import resnet_name


@pytest.mark.parametrize(('name', 'settings'), [
    ('ResNet-18', {'depth': 18}),
    ('ResNet-34', {'depth': 34}),
    ('ResNet-50', {'depth': 50}),
    ('ResNet-101', {'depth': 101}),
    ('ResNet-152', {'depth': 152}),
    ('ResNet-50 of width 2', {'depth': 50, 'base_channels': 128}),
    ('ResNet-18 of width 0.5', {'depth': 18, 'base_channels': 32}),
    ('ResNet-50 with a deep stem', {'depth': 50, 'deep_stem': True}),
    ('ResNet-50', {'depth': 50, 'num_stages': 3, 'strides': (1, 2, 2), 'dilations': (1, 1, 1),
                   'out_indices': (2,)}),
])
def test_a_resnet_is_known_by_its_tensors(name, settings):
    assert resnet_name(mmpretrain.models.ResNet(**settings).state_dict()) == name


def test_torchvisions_keys_are_the_same():
    with torch.device('meta'):
        assert resnet_name(torchvision.models.wide_resnet50_2().state_dict()) is None
        assert resnet_name(torchvision.models.resnet101().state_dict()) == 'ResNet-101'


@pytest.mark.parametrize('build', [
    lambda: mmpretrain.models.ResNeXt(depth=50),
    lambda: mmpretrain.models.SwinTransformer('tiny'),
    lambda: torch.nn.Linear(1, 1),
])
def test_no_other_network_gets_a_name(build):
    assert resnet_name(build().state_dict()) is None


def test_a_last_layer_alone_does_not_tell_the_depth():
    state = mmpretrain.models.ResNet(depth=50).state_dict()
    assert resnet_name({key: state[key] for key in state if key.startswith('layer4.')}) is None
