from __future__ import annotations

import os
import pickle
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from safetensors.torch import save_file

from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint, sidecar_of


def _state() -> dict[str, torch.Tensor]:
    return {'backbone.conv1.weight': torch.arange(6.).reshape(2, 3),
            'backbone.bn1.num_batches_tracked': torch.tensor(7),
            'target.backbone.conv1.weight': torch.zeros(2, 3),
            'target.backbone.bn1.num_batches_tracked': torch.tensor(0),
            'heads.0.weight': torch.ones(1)}


class _Touch:
    """Creates a file when it is unpickled by an unpickler that executes code."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.open, (str(self.path), os.O_CREAT | os.O_WRONLY)


def test_reads_the_state_and_the_metadata_of_each_kind_of_file(tmp_path):
    torch.save({'state_dict': _state(), 'meta': {'epoch': 3}}, tmp_path / 'zip.pth')
    torch.save({'state_dict': _state(), 'meta': {'epoch': 3}}, tmp_path / 'legacy.pth',
               _use_new_zipfile_serialization=False)
    torch.save(_state(), tmp_path / 'flat.pth')
    sidecar_of(tmp_path / 'flat.pth').write_text('{"epoch": 3}')
    save_file(_state(), tmp_path / 'x.safetensors', {'epoch': '3'})
    for name in ('zip.pth', 'legacy.pth', 'flat.pth', 'x.safetensors'):
        checkpoint = read_checkpoint(tmp_path / name)
        assert str(checkpoint.meta['epoch']) == '3'
        assert checkpoint.tensors.keys() == _state().keys()
        assert all(torch.equal(checkpoint.tensors[k], v) for k, v in _state().items())


def test_reads_what_the_runner_logs_beside_the_weights_without_building_it(tmp_path):
    buffer = HistoryBuffer([1., 2.], [1, 1])
    log = {'log_scalars': {'train/loss': buffer}, 'palette': np.zeros((2, 3), np.uint8),
           'best': np.float64(0.5), 'steps': np.int64(3), 'range': slice(1, 2)}
    torch.save({'state_dict': _state(), 'message_hub': log, 'meta': {'epoch': 1}},
               tmp_path / 'x.pth')
    allowed = set(torch.serialization.get_safe_globals())
    methods = HistoryBuffer._statistics_methods
    whole = dict(methods)
    methods.clear()  # building a HistoryBuffer fills it again
    assert read_checkpoint(tmp_path / 'x.pth').meta == {'epoch': 1}
    assert not methods
    methods.update(whole)
    assert set(torch.serialization.get_safe_globals()) == allowed


@pytest.mark.parametrize('zipped', [True, False])
def test_code_in_a_torch_pickle_is_named_and_not_executed(tmp_path, zipped):
    proof, path = tmp_path / 'executed', tmp_path / 'evil.pth'
    torch.save({'state_dict': _state(), 'extra': _Touch(proof)}, path,
               _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError, match=r'plain containers \(posix.open\), so it was not'):
        read_checkpoint(path)
    assert not proof.exists()


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_code_in_a_plain_pickle_is_not_executed(tmp_path, protocol):
    proof, path = tmp_path / 'executed', tmp_path / 'evil.pth'
    path.write_bytes(pickle.dumps({'state_dict': _Touch(proof)}, protocol=protocol))
    with pytest.raises(CheckpointError, match=r'not executed|nothing in it was executed'):
        read_checkpoint(path)
    assert not proof.exists()
    pickle.loads(path.read_bytes())  # the payload is a live one
    assert proof.exists()


def test_a_log_name_cannot_reach_what_it_stands_for(tmp_path):
    class Reach:
        def __reduce__(self):
            return getattr, (HistoryBuffer, 'mean')

    torch.save({'state_dict': _state(), 'meta': {'reached': Reach()}}, tmp_path / 'x.pth')
    assert not callable(read_checkpoint(tmp_path / 'x.pth').meta['reached'])


@pytest.mark.parametrize(('make', 'message'), [
    (lambda path: None, 'does not exist'),
    (lambda path: path.mkdir(), 'is a folder'),
    (lambda path: path.write_bytes(b''), 'is not a checkpoint'),
    (lambda path: path.write_bytes(random.Random(0).randbytes(4096)), 'is not a checkpoint'),
    (lambda path: path.write_bytes(b'\x80\x02' + random.Random(0).randbytes(99)), 'damaged'),
    (lambda path: path.write_bytes(b'PK\x03\x04' + random.Random(0).randbytes(99)), 'damaged'),
    (lambda path: torch.save(torch.zeros(2), path), 'holds a Tensor instead of a dict'),
    (lambda path: torch.save({'state_dict': {'epoch': 3}}, path), r'no tensors .*keys: epoch'),
    (lambda path: torch.save({'model': _state()}, path), r'no tensors .*keys: model'),
])
def test_what_is_no_checkpoint_gets_one_sentence(tmp_path, make, message):
    path = tmp_path / 'x.pth'
    make(path)
    with pytest.raises(CheckpointError, match=message) as caught:
        read_checkpoint(path)
    assert str(path) in str(caught.value)
    assert '\n' not in str(caught.value)


def test_an_address_is_not_downloaded():
    with pytest.raises(CheckpointError, match='download it first'):
        read_checkpoint('torchvision://resnet50')


def test_every_truncation_is_reported(tmp_path):
    whole, path = tmp_path / 'whole.pth', tmp_path / 'x.pth'
    torch.save({'state_dict': _state()}, whole)
    save_file(_state(), tmp_path / 'whole.safetensors')
    for source, target in ((whole, path),
                           (tmp_path / 'whole.safetensors', tmp_path / 'x.safetensors')):
        content = source.read_bytes()
        for length in range(0, len(content), len(content) // 40):
            target.write_bytes(content[:length])
            with pytest.raises(CheckpointError, match=re.escape(str(target))):
                read_checkpoint(target)


def test_every_flipped_bit_of_the_weights_is_reported(tmp_path):
    path = tmp_path / 'x.pth'
    values = torch.arange(500.)
    torch.save({'state_dict': {'backbone.conv1.weight': values}}, path)
    whole = path.read_bytes()
    start = whole.index(values.numpy().tobytes())
    chosen = random.Random(0)
    for _ in range(100):
        flipped = bytearray(whole)
        flipped[start + chosen.randrange(values.nbytes)] ^= 1 << chosen.randrange(8)
        path.write_bytes(flipped)
        with pytest.raises(CheckpointError, match=r'damaged.*: copy or export it again'):
            read_checkpoint(path)


def test_a_flipped_bit_anywhere_changes_no_weight_unseen(tmp_path):
    path = tmp_path / 'x.pth'
    torch.save({'state_dict': _state()}, path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1:])
        try:
            read = read_checkpoint(path).tensors
        except CheckpointError:
            continue
        assert read.keys() == _state().keys()
        assert all(torch.equal(read[key], value) for key, value in _state().items())


def test_a_broken_sidecar_is_reported(tmp_path):
    torch.save(_state(), tmp_path / 'x.pth')
    sidecar_of(tmp_path / 'x.pth').write_text('{')
    with pytest.raises(CheckpointError, match=r'x\.pth\.json is not valid JSON'):
        read_checkpoint(tmp_path / 'x.pth')


def test_a_prefix_is_cut_off_and_a_wrong_one_lists_what_there_is(tmp_path):
    torch.save({'state_dict': _state()}, tmp_path / 'x.pth')
    checkpoint = read_checkpoint(tmp_path / 'x.pth')
    for prefix in ('backbone', 'backbone.'):
        online = checkpoint.under(prefix)
        assert online.keys() == {'conv1.weight', 'bn1.num_batches_tracked'}
        assert torch.equal(online['conv1.weight'], _state()['backbone.conv1.weight'])
    with pytest.raises(CheckpointError, match=r"under 'encoder\.': found backbone\. 2, "
                                              r'target\.backbone\. 2, heads\. 1; choose'):
        checkpoint.under('encoder')


def test_another_part_is_not_sought_in_a_backbone_alone(tmp_path):
    torch.save({'conv1.weight': torch.zeros(1), 'layer1.0.bn1.bias': torch.zeros(1)},
               tmp_path / 'x.pth')
    sentence = ("choose '' as the prefix for a backbone, and take the neck from a file of oadp-mm "
                'export RUN FILE --parts backbone,neck')
    with pytest.raises(CheckpointError, match=f'{re.escape(sentence)}$'):
        read_checkpoint(tmp_path / 'x.pth').under('neck.')
    with pytest.raises(CheckpointError, match=r"choose '' as the prefix$"):
        read_checkpoint(tmp_path / 'x.pth').under('backbone.')


@pytest.mark.parametrize(('keys', 'starts'), [
    (('conv1.weight', 'layer1.0.conv1.weight', 'layer3.0.bn1.bias', 'fc.bias'), "''"),
    (('module.encoder_q.conv1.weight', 'module.encoder_q.layer1.0.conv2.weight',
      'module.encoder_k.layer1.0.conv2.weight', 'module.queue'),
     "'module.encoder_q.' or 'module.encoder_k.'"),
    (('cls_token', 'patch_embed.projection.weight', 'layers.0.ln1.weight'), "''"),
    (('trunk.0.weight', 'head.weight'), 'one of these'),
])
def test_a_prefix_that_is_advised_has_a_network_below_it(tmp_path, keys, starts):
    torch.save({key: torch.zeros(1) for key in keys}, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=f'; choose {re.escape(starts)} as the prefix'):
        read_checkpoint(tmp_path / 'x.pth').under('backbone.')
