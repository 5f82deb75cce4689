from __future__ import annotations

import re

import mmpretrain.models
import mmseg.models
import pytest
import torch
import torchvision
from mmengine.model import BaseModule
from torch import nn

from oadp_mm.engine.handoff import CheckedPretrained, handed_off
from oadp_mm.files.backbone_file import describe, fingerprint, write_backbone
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError, read_checkpoint


class Tiny(BaseModule):
    """conv + norm: 2 + 5 tensors."""

    def __init__(self, channels: int = 2, init_cfg=None) -> None:
        super().__init__(init_cfg)
        self.conv1 = nn.Conv2d(3, channels, 3)
        self.bn1 = nn.BatchNorm2d(channels)


def _pretraining(path, model: nn.Module) -> Checkpoint:
    state = {f'backbone.{key}': value for key, value in model.state_dict().items()}
    state.update({f'target.backbone.{key}': torch.zeros_like(value)
                  for key, value in model.state_dict().items()})
    torch.save({'state_dict': state, 'meta': {
        'epoch': 800, 'iter': 9, 'cfg': "model = dict(type='oadp_mm.OADP')"}}, path)
    return read_checkpoint(path)


def _equal(one: nn.Module, other: nn.Module) -> bool:
    state = other.state_dict()
    return all(torch.equal(value, state[key]) for key, value in one.state_dict().items())


def test_the_registered_type_loads_everything_and_says_so(tmp_path, log):
    source, path = Tiny(), tmp_path / 'epoch_800.pth'
    _pretraining(path, source)
    model = Tiny(init_cfg={'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(path)})
    model.init_weights()
    assert _equal(source, model)
    digest = fingerprint(source.state_dict())
    assert f'loaded 7/7 tensors from {path} (sha256 {digest[:8]}, OADP, epoch 800)' in log


def test_an_exported_file_needs_no_prefix(tmp_path, log):
    source, path = Tiny(), tmp_path / 'x.safetensors'
    checkpoint = _pretraining(tmp_path / 'epoch_800.pth', source)
    write_backbone(source.state_dict(), describe(checkpoint, source.state_dict()), path,
                   'safetensors')
    model = Tiny()
    CheckedPretrained(str(path))(model)
    assert _equal(source, model)
    assert log[-1].endswith('OADP, epoch 800)')


def test_measured_statistics_are_told_of(tmp_path, log):
    path, state = tmp_path / 'x.pth', Tiny().state_dict()
    checkpoint = _pretraining(tmp_path / 'epoch_800.pth', Tiny())
    write_backbone(state, {**describe(checkpoint, state), 'statistics': 'clean images'}, path,
                   'openmmlab')
    CheckedPretrained(str(path))(Tiny())
    assert log[-1].endswith('OADP, epoch 800, batch norm of clean images)')


def test_the_module_records_what_it_was_loaded_from(tmp_path):
    path = tmp_path / 'x.pth'
    _pretraining(path, Tiny())
    model = nn.ModuleDict({'backbone': Tiny(), 'neck': Tiny()})
    CheckedPretrained(str(path))(model['backbone'])
    (name, module, handoff), = handed_off(model)
    assert (name, module) == ('backbone', model['backbone'])
    assert handoff.prefix == 'backbone.'
    assert handoff.tensors().keys() == module.state_dict().keys()
    _pretraining(path, Tiny())
    with pytest.raises(CheckpointError, match='changed after the model was initialised'):
        handoff.tensors()


def test_missing_unexpected_and_misshapen_are_listed_and_nothing_is_loaded(tmp_path):
    state = {f'backbone.{key}': value for key, value in Tiny(channels=3).state_dict().items()}
    del state['backbone.bn1.running_var']
    state['backbone.fc.weight'] = torch.zeros(1)
    torch.save({'state_dict': state}, tmp_path / 'x.pth')
    model = Tiny()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    with pytest.raises(CheckpointError) as caught:
        CheckedPretrained(str(tmp_path / 'x.pth'))(model)
    assert re.search(
        r'does not fit Tiny: 1 missing: bn1\.running_var; 1 unexpected: fc\.weight; 5 misshapen: '
        r'conv1\.weight \(file \(3, 3, 3, 3\), model \(2, 3, 3, 3\)\), ', str(caught.value))
    assert all(torch.equal(model.state_dict()[key], value) for key, value in before.items())


def test_another_depth_is_named(tmp_path):
    _pretraining(tmp_path / 'x.pth', torchvision.models.resnet18())
    with pytest.raises(CheckpointError) as caught:
        CheckedPretrained(str(tmp_path / 'x.pth'))(mmpretrain.models.ResNet(depth=50))
    assert 'does not fit ResNet: the file is a ResNet-18, the model a ResNet-50; build' in str(
        caught.value)
    assert len(str(caught.value)) < 400


def test_the_deep_stem_of_segmentors_is_not_left_random(tmp_path):
    _pretraining(tmp_path / 'x.pth', mmpretrain.models.ResNet(depth=18))
    model = mmseg.models.ResNetV1c(depth=18, init_cfg={
        'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(tmp_path / 'x.pth')})
    with pytest.raises(CheckpointError, match='the file is a ResNet-18, the model a ResNet-18 with '
                                              'a deep stem; '):
        model.init_weights()


def test_a_classifier_with_its_head_is_refused(tmp_path):
    torch.save(torchvision.models.resnet18().state_dict(), tmp_path / 'supervised.pth')
    with pytest.raises(CheckpointError, match=r': 2 unexpected: fc\.weight, fc\.bias; .*export'):
        CheckedPretrained(str(tmp_path / 'supervised.pth'))(mmpretrain.models.ResNet(depth=18))


def test_mmpretrain_does_not_zero_the_last_norms_after_loading(tmp_path):
    source = torchvision.models.resnet18()
    source.fc = nn.Identity()
    _pretraining(tmp_path / 'x.pth', source)
    model = mmpretrain.models.ResNet(depth=18, zero_init_residual=True, init_cfg={
        'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(tmp_path / 'x.pth')})
    model.init_weights()
    assert _equal(model, source)


@pytest.mark.parametrize(('prefix', 'message'), [
    ('encoder.', r"under 'encoder\.': found backbone\. 7, target\.backbone\. 7; choose"),
    ('', r'7 missing: .*14 unexpected: backbone\.conv1\.weight'),
])
def test_a_wrong_prefix_is_refused(tmp_path, prefix, message):
    _pretraining(tmp_path / 'x.pth', Tiny())
    with pytest.raises(CheckpointError, match=message):
        CheckedPretrained(str(tmp_path / 'x.pth'), prefix)(Tiny())


def test_an_empty_path_is_refused_at_construction():
    with pytest.raises(CheckpointError, match='needs checkpoint=FILE'):
        CheckedPretrained('')
