from __future__ import annotations

import json

import pytest
import torch
from mmengine.config import Config
from safetensors import safe_open

from oadp_mm.cli import main


def _backbone(shift: float = 0) -> dict[str, torch.Tensor]:
    return {'conv1.weight': torch.arange(6.).reshape(2, 3) + shift,
            'layer1.0.bn1.bias': torch.ones(2) + shift}


@pytest.fixture
def checkpoint(tmp_path):
    """A pretraining checkpoint in mmengine's form."""
    state = {'heads.0.weight': torch.ones(1)}
    for prefix, shift in (('target.backbone.', 9), ('backbone.', 0)):
        state.update({f'{prefix}{key}': value for key, value in _backbone(shift).items()})
    cfg = Config({'model': {'type': 'oadp_mm.OADP', 'backbone': {'type': 'ResNet', 'depth': 50}}})
    path = tmp_path / 'epoch_3.pth'
    torch.save({'state_dict': state, 'optimizer': {'param_groups': []},
                'meta': {'epoch': 3, 'iter': 12, 'cfg': cfg.pretty_text}}, path)
    return path


def test_the_suffix_chooses_the_format_and_one_line_says_what_was_written(
        checkpoint, tmp_path, capsys):
    assert main(['export', str(checkpoint), str(tmp_path / 'a.pth')]) == 0
    assert main(['export', str(checkpoint), str(tmp_path / 'a.safetensors')]) == 0
    openmmlab = torch.load(tmp_path / 'a.pth', weights_only=True)
    with safe_open(tmp_path / 'a.safetensors', 'pt') as file:
        assert file.metadata() == openmmlab['meta']
        for key, value in _backbone().items():
            assert torch.equal(file.get_tensor(key), value)
            assert torch.equal(openmmlab['state_dict'][key], value)
    short = openmmlab['meta']['tensors_sha256'][:8]
    assert capsys.readouterr().out.splitlines() == [
        f'wrote {tmp_path / name} ({file_format}): 2 tensors from {checkpoint} '
        f'(method oadp_mm.OADP, epoch 3, iter 12), sha256 {short}'
        for name, file_format in (('a.pth', 'openmmlab'), ('a.safetensors', 'safetensors'))]


def test_torchvision_must_be_asked_for_and_has_its_metadata_beside_it(checkpoint, tmp_path):
    out = tmp_path / 'a.pth'
    assert main(['export', str(checkpoint), str(out), '--format', 'torchvision']) == 0
    assert torch.load(out, weights_only=True).keys() == _backbone().keys()
    assert json.loads((tmp_path / 'a.pth.json').read_text())['source'] == 'epoch_3.pth'


def test_a_prefix_of_the_callers_choice_is_taken(checkpoint, tmp_path):
    out = tmp_path / 'a.pth'
    assert main(['export', str(checkpoint), str(out), '--prefix', 'target.backbone.']) == 0
    state = torch.load(out, weights_only=True)['state_dict']
    assert all(torch.equal(state[key], value) for key, value in _backbone(9).items())


def test_a_classifier_loses_its_head(tmp_path):
    torch.save({**_backbone(), 'fc.weight': torch.ones(1), 'fc.bias': torch.ones(1)},
               tmp_path / 'supervised.pth')
    assert main(['export', str(tmp_path / 'supervised.pth'), str(tmp_path / 'a.pth'),
                 '--prefix', '', '--drop', 'fc.']) == 0
    state = torch.load(tmp_path / 'a.pth', weights_only=True)['state_dict']
    assert state.keys() == _backbone().keys()


def test_an_exported_file_changes_its_format_and_keeps_its_history(checkpoint, tmp_path):
    first, second = tmp_path / 'a.pth', tmp_path / 'b.safetensors'
    assert main(['export', str(checkpoint), str(first)]) == 0
    assert main(['export', str(first), str(second)]) == 0
    with safe_open(second, 'pt') as file:
        assert file.metadata() == torch.load(first, weights_only=True)['meta']


@pytest.mark.parametrize(('arguments', 'message'), [
    (['{ckpt}', '{dir}/a.pth', '--prefix', 'encoder.'],
     "no tensor under 'encoder.': found target.backbone. 2, backbone. 2, heads. 1"),
    (['{ckpt}', '{dir}/a.bin'], 'does not tell the format'),
    (['{ckpt}', '{dir}/a.pth', '--format', 'onnx'], "format 'onnx' is unknown"),
    (['{ckpt}', '{dir}/a.pth', '--format', 'safetensors'], 'does not suit the format'),
    (['{ckpt}', '{ckpt}'], 'is the checkpoint itself'),
    (['{ckpt}', '{dir}/a.pth', '--drop', 'fc.'], "--drop 'fc.' leaves out 0 of 2"),
    (['{ckpt}', '{ckpt}/a.pth'], 'epoch_3.pth is a file'),
    (['{dir}/missing.pth', '{dir}/a.pth'], 'does not exist'),
    (['{dir}', '{dir}/a.pth'], 'is a folder'),
])
def test_a_mistake_is_one_line_and_writes_nothing(checkpoint, tmp_path, capsys, arguments, message):
    before = checkpoint.read_bytes()
    arguments = [text.format(ckpt=checkpoint, dir=tmp_path) for text in arguments]
    assert main(['export', *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith('oadp-mm: error: ')
    assert message in error
    assert error.count('\n') == 1
    assert list(tmp_path.iterdir()) == [checkpoint]
    assert checkpoint.read_bytes() == before
