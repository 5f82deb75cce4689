"""The pyramid and the trunk of boxes against mmdet's, and how they start."""
from __future__ import annotations

import math

import pytest
import torch
from mmengine.registry import DefaultScope
from torch import nn

from oadp_mm.layers.detector_parts import BoxTrunk, FeaturePyramid

CHANNELS = [8, 16, 24, 32]
NORM = {'type': 'BN', 'requires_grad': True}


@pytest.fixture
def mmdet():
    models = pytest.importorskip('mmdet.models')
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield models


def separate(module: nn.Module) -> nn.Module:
    """With norms that matter, in float64."""
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)
            nn.init.normal_(norm.running_mean)
            nn.init.uniform_(norm.running_var, 0.5, 1.5)
    return module.double()


def parameters_beside(theirs: nn.Module, ours: nn.Module) -> set[str]:
    return theirs.state_dict().keys() - ours.state_dict().keys()


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('sides', [(32, 16, 8, 4), (28, 14, 7, 4), (25, 13, 7, 4)])
def test_the_pyramid_is_mmdets(sides: tuple[int, ...], training: bool, mmdet) -> None:
    """28, 14, 7, 4 are the maps of a view of 112 pixels: a side need not be twice the next."""
    ours = separate(FeaturePyramid(CHANNELS, 12)).train(training)
    theirs = mmdet.FPN(CHANNELS, 12, 4, norm_cfg=NORM).double().train(training)
    theirs.load_state_dict(ours.state_dict())  # strictly: the same keys
    maps = [torch.randn(2, width, side, side + 1, dtype=torch.float64)
            for width, side in zip(CHANNELS, sides, strict=True)]
    for our, their in zip(ours(maps), theirs(maps), strict=True):
        torch.testing.assert_close(our, their, rtol=1e-9, atol=1e-12)


def test_the_keys_are_those_of_the_contract() -> None:
    norm = {'weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'}
    block = {'conv.weight', *(f'bn.{name}' for name in norm)}
    assert set(FeaturePyramid(CHANNELS).state_dict()) == {
        f'{convs}.{level}.{name}' for convs in ('lateral_convs', 'fpn_convs')
        for level in range(4) for name in block}
    assert set(BoxTrunk(256, 7).state_dict()) == {
        'shared_fcs.0.weight', 'shared_fcs.0.bias',
        *(f'shared_convs.{number}.{name}' for number in range(4) for name in block)}


@pytest.mark.parametrize('training', [True, False])
def test_the_trunk_is_mmdets(training: bool, mmdet) -> None:
    """Its classifier and regressor are beside it; without regression, it returns two scores."""
    ours = separate(BoxTrunk(6, 3, 8, 10)).train(training)
    theirs = mmdet.Shared4Conv1FCBBoxHead(
        in_channels=6, roi_feat_size=3, conv_out_channels=8, fc_out_channels=10, num_classes=9,
        norm_cfg=NORM, with_reg=False).double().train(training)
    missing, unexpected = theirs.load_state_dict(ours.state_dict(), strict=False)
    assert set(missing) == parameters_beside(theirs, ours) == {'fc_cls.weight', 'fc_cls.bias'}
    assert not unexpected
    with torch.no_grad():  # scores are the trunk's rows
        theirs.fc_cls.weight.copy_(torch.eye(10))
        theirs.fc_cls.bias.zero_()
    boxes = torch.randn(5, 6, 3, 3, dtype=torch.float64)
    torch.testing.assert_close(ours(boxes), theirs(boxes)[0], rtol=1e-9, atol=1e-12)


def test_the_widths_of_the_paper() -> None:
    """256 channels, 7 x 7 bins, 1024 features: 12,544 of a box enter the linear layer."""
    trunk = BoxTrunk(256, 7)
    assert trunk.shared_fcs[0].weight.shape == (1024, 12544)
    assert trunk.out_channels == 1024
    assert FeaturePyramid(CHANNELS).out_channels == [256] * 4


def test_the_pyramid_starts_as_mmcvs_convolutions_do() -> None:
    """Kaiming's normal distribution by fan-out: a variance of 2 / (256 k^2); norms 1 and 0."""
    pyramid = FeaturePyramid([256, 512])
    for name, tensor in pyramid.named_parameters():
        if name.endswith('conv.weight'):
            std = math.sqrt(2 / (256 * tensor[0, 0].numel()))
            assert tensor.std().item() == pytest.approx(std, rel=0.02)
            # 4.5 % of a normal distribution lie beyond twice its deviation, none of a uniform one.
            beyond = (tensor.abs() > 2 * std).double().mean().item()
            assert beyond == pytest.approx(0.0455, abs=4e-3)
        else:
            assert torch.all(tensor == (1 if name.endswith('weight') else 0)), name


@pytest.mark.parametrize('make', [
    lambda: FeaturePyramid([8, 0]), lambda: FeaturePyramid([8], 0), lambda: FeaturePyramid([]),
    lambda: BoxTrunk(8, 0), lambda: BoxTrunk(8, 7, 0), lambda: BoxTrunk(8, 7, 8, -1)])
def test_widths_below_one_are_refused(make) -> None:
    with pytest.raises(ValueError, match='widths of at least 1, got'):
        make()
