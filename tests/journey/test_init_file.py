from __future__ import annotations

import pytest
import torch
from mmpretrain.models import ResNet

from oadp_mm import cli
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.journey.init_file import initialiser

BACKBONE = {'type': 'ResNet', 'depth': 18, 'stem_channels': 4, 'base_channels': 4}


@pytest.fixture
def tensors():
    return ResNet(depth=18, stem_channels=4, base_channels=4).state_dict()


def under(prefix: str, tensors: dict) -> dict:
    return {f'{prefix}{key}': value for key, value in tensors.items()}


@pytest.mark.parametrize(('prefix', 'more'), [
    ('', ''), ('backbone.', ''), ('module.encoder_q.', ''), ('backbone.', 'target.module.')])
def test_the_backbone_is_found(tmp_path, tensors, prefix, more):
    content = {**under(prefix, tensors), **(under(more, tensors) if more else {})}
    torch.save({'state_dict': content}, tmp_path / 'epoch_3.pth')
    found = {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(tmp_path / 'epoch_3.pth'),
             'prefix': prefix}
    for path in (tmp_path, tmp_path / 'epoch_3.pth'):
        assert initialiser(str(path), BACKBONE) == found


@pytest.mark.parametrize('name', ['backbone.pth', 'backbone.safetensors'])
def test_an_exported_one(tmp_path, tensors, name):
    torch.save({'state_dict': under('backbone.', tensors)}, tmp_path / 'epoch_3.pth')
    assert cli.main(['export', str(tmp_path), str(tmp_path / name)]) == 0
    assert initialiser(str(tmp_path / name), BACKBONE)['prefix'] == ''


@pytest.mark.parametrize(('changes', 'message'), [
    ({'base_channels': 8}, 'the file is a ResNet-18 of width 0.0625, the model a ResNet-18 of wid'),
    ({'depth': 34}, 'the file is a ResNet-18 of width 0.0625, the model a ResNet-34 of width 0.06'),
    ({'deep_stem': True}, 'the model a ResNet-18 of width 0.0625 with a deep stem; give'),
    ({'stem_channels': 8}, 'misshapen: conv1.weight .*; give --backbone and --width of the file')])
def test_another_network_is_one_sentence(tmp_path, tensors, changes, message):
    torch.save(tensors, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=message):
        initialiser(str(tmp_path / 'x.pth'), {**BACKBONE, **changes})


def test_a_classifier_is_told_how_to_leave_its_head_out(tmp_path, tensors):
    torch.save({**tensors, 'fc.weight': torch.zeros(2)}, tmp_path / 'x.pth')
    out = tmp_path / 'backbone.pth'
    with pytest.raises(CheckpointError, match=r'unexpected: fc\.weight; .* --drop fc\.'):
        initialiser(str(tmp_path / 'x.pth'), BACKBONE)
    assert cli.main(['export', str(tmp_path / 'x.pth'), str(out), '--prefix', '', '--drop',
                     'fc.']) == 0
    initialiser(str(out), BACKBONE)


@pytest.mark.parametrize('content', [
    lambda tensors: {**under('one.', tensors), **under('other.', tensors)},
    lambda tensors: {'head.weight': torch.zeros(1)}])
def test_a_file_without_one_backbone(tmp_path, tensors, content):
    torch.save(content(tensors), tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=r'holds no backbone that could be told from .*: '):
        initialiser(str(tmp_path / 'x.pth'), BACKBONE)
