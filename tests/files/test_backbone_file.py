from __future__ import annotations

import hashlib
import json
import signal
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from safetensors.torch import load_file

from oadp_mm.files.backbone_file import (
    FORMATS,
    backbone_prefix,
    backbone_tensors,
    describe,
    fingerprint,
    write_backbone,
)
from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint, sidecar_of


def _tensors() -> dict[str, torch.Tensor]:
    return {'conv1.weight': torch.tensor([[1., -2.], [3., 4.]]),
            'bn1.num_batches_tracked': torch.tensor(5)}


def _name(file_format: str) -> str:
    return 'x.safetensors' if file_format == 'safetensors' else 'x.pth'


def _pretraining(path, **meta):
    cfg = Config({'model': {
        'type': 'oadp_mm.OADP',
        'data_preprocessor': {'mean': [1, 2, 3], 'std': [4, 5, 6], 'bgr_to_rgb': False},
        'backbone': {'type': 'ResNet', 'depth': 50, 'style': 'caffe',
                     'init_cfg': {'checkpoint': 'somebody/x.pth'}}}})
    state = {f'{prefix}{key}': value + shift for key, value in _tensors().items()
             for prefix, shift in (('backbone.', 0), ('target.backbone.', 1))}
    torch.save({'state_dict': state, 'meta': {'cfg': cfg.pretty_text, **meta}}, path)
    return read_checkpoint(path)


def test_fingerprint_is_the_sha256_of_keys_dtypes_shapes_and_bytes():
    expected = hashlib.sha256(
        b'bn1.num_batches_tracked|torch.int64|()|' + struct.pack('<q', 5)
        + b'conv1.weight|torch.float32|(2, 2)|' + struct.pack('<4f', 1, -2, 3, 4)).hexdigest()
    assert fingerprint(_tensors()) == expected
    assert fingerprint(dict(reversed(_tensors().items()))) == expected


@pytest.mark.parametrize('change', [
    lambda t: {**t, 'conv1.weight': t['conv1.weight'].reshape(4)},
    lambda t: {**t, 'conv1.weight': t['conv1.weight'].to(torch.bfloat16)},
    lambda t: {**t, 'conv1.weight': t['conv1.weight'].t()},
    lambda t: {'conv2.weight': t['conv1.weight'], **{k: t[k] for k in list(t)[1:]}},
])
def test_fingerprint_sees_any_change(change):
    assert fingerprint(change(_tensors())) != fingerprint(_tensors())


@pytest.mark.parametrize('file_format', FORMATS)
def test_a_written_file_reads_back_equal_with_its_history(tmp_path, file_format):
    source = tmp_path / 'epoch_800.pth'
    checkpoint = _pretraining(source, epoch=800, iter=100)
    tensors = backbone_tensors(checkpoint, backbone_prefix(checkpoint))
    out = tmp_path / 'deep' / 'folder' / _name(file_format)
    write_backbone(tensors, describe(checkpoint, tensors), out, file_format)

    written = read_checkpoint(out)
    assert backbone_prefix(written) == ''
    again = backbone_tensors(written, '')
    assert again.keys() == _tensors().keys()
    assert all(torch.equal(again[key], value) for key, value in _tensors().items())
    meta = dict(written.meta)
    assert json.loads(meta.pop('architecture')) == {
        'type': 'ResNet', 'depth': 50, 'style': 'caffe', 'deep_stem': False, 'avg_down': False,
        'base_channels': 64, 'strides': [1, 2, 2, 2]}
    assert json.loads(meta.pop('preprocessor')) == {
        'channels': 'BGR', 'mean': [1, 2, 3], 'std': [4, 5, 6]}
    assert meta.pop('package_version')
    assert meta == {
        'format': 'oadp_mm.backbone/1', 'source': 'epoch_800.pth', 'method': 'oadp_mm.OADP',
        'source_sha256': hashlib.sha256(source.read_bytes()).hexdigest(), 'epoch': '800',
        'iter': '100', 'num_tensors': '2', 'tensors_sha256': fingerprint(_tensors())}
    # Exporting an exported file keeps where it came from.
    assert describe(written, again) == dict(written.meta)


def test_each_format_is_what_its_readers_expect(tmp_path):
    meta = {'format': 'oadp_mm.backbone/1'}
    for file_format in FORMATS:
        out = tmp_path / file_format / _name(file_format)
        write_backbone(_tensors(), meta, out, file_format)
    openmmlab = torch.load(tmp_path / 'openmmlab/x.pth', weights_only=True)
    assert openmmlab.keys() == {'state_dict', 'meta'}
    assert openmmlab['state_dict'].keys() == _tensors().keys()
    assert torch.load(tmp_path / 'torchvision/x.pth', weights_only=True).keys() == _tensors().keys()
    assert json.loads(sidecar_of(tmp_path / 'torchvision/x.pth').read_text()) == meta
    assert load_file(tmp_path / 'safetensors/x.safetensors').keys() == _tensors().keys()


def test_a_view_does_not_drag_its_base_into_the_file(tmp_path):
    view = torch.zeros(1_000_000)[:4]
    write_backbone({'conv1.weight': view}, {}, tmp_path / 'x.pth', 'openmmlab')
    assert (tmp_path / 'x.pth').stat().st_size < 10_000


@pytest.mark.parametrize('file_format', FORMATS)
def test_changed_tensors_are_noticed(tmp_path, file_format):
    checkpoint = _pretraining(tmp_path / 'source.pth')
    tensors = backbone_tensors(checkpoint, 'backbone.')
    meta = describe(checkpoint, tensors)
    tensors['conv1.weight'][0, 0] += 1
    out = tmp_path / _name(file_format)
    write_backbone(tensors, meta, out, file_format)
    with pytest.raises(CheckpointError, match='differ from the checksum'):
        backbone_tensors(read_checkpoint(out), '')


def test_a_diverged_backbone_is_refused(tmp_path):
    torch.save({'backbone.conv1.weight': torch.tensor([1., float('nan')])}, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=r'NaN or infinite values in 1 tensors \(conv1'):
        backbone_tensors(read_checkpoint(tmp_path / 'x.pth'), 'backbone.')


def test_the_prefix_is_the_online_backbone_and_a_doubt_is_the_callers(tmp_path):
    checkpoint = _pretraining(tmp_path / 'x.pth')
    assert backbone_prefix(checkpoint, _tensors()) == 'backbone.'
    torch.save(_tensors(), tmp_path / 'bare.pth')
    assert backbone_prefix(read_checkpoint(tmp_path / 'bare.pth'), _tensors()) == ''
    torch.save({**_tensors(), 'backbone.conv1.weight': torch.zeros(2, 2)}, tmp_path / 'both.pth')
    with pytest.raises(CheckpointError, match=r"set prefix='' or prefix='backbone\.'"):
        backbone_prefix(read_checkpoint(tmp_path / 'both.pth'), _tensors())


@pytest.mark.parametrize(('name', 'file_format', 'message'), [
    ('x.pth', 'safetensors', 'does not suit the format safetensors'),
    ('x.safetensors', 'openmmlab', 'does not suit the format openmmlab'),
    ('x.pth', 'onnx', "'onnx' is unknown"),
    ('', 'openmmlab', 'is a folder'),
])
def test_a_target_that_would_not_read_back_is_refused(tmp_path, name, file_format, message):
    with pytest.raises(CheckpointError, match=message):
        write_backbone(_tensors(), {}, tmp_path / name, file_format)
    assert not list(tmp_path.iterdir())


def test_a_deep_stem_is_not_written_as_torchvision(tmp_path):
    with pytest.raises(CheckpointError, match=r'ResNet has no stem\.0\.weight'):
        write_backbone({'stem.0.weight': torch.zeros(1)}, {}, tmp_path / 'x.pth', 'torchvision')


@pytest.mark.integration
def test_a_kill_while_writing_leaves_the_old_file(tmp_path):
    out = tmp_path / 'x.pth'
    write_backbone(_tensors(), {}, out, 'openmmlab')
    before = out.read_bytes()
    script = textwrap.dedent(f"""
        import os, signal, torch
        from pathlib import Path
        from oadp_mm.files.backbone_file import write_backbone

        def half(path, content, write=Path.write_bytes):
            write(path, content[:len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

        Path.write_bytes = half
        write_backbone({{'conv1.weight': torch.zeros(9)}}, {{}}, Path({str(out)!r}), 'openmmlab')
    """)
    killed = subprocess.run([sys.executable, '-c', script], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert out.read_bytes() == before


def test_an_error_while_writing_leaves_no_rubbish(tmp_path, monkeypatch):
    def broken(path, content, write=Path.write_bytes):
        write(path, content[:len(content) // 2])
        raise OSError('Input/output error')

    out = tmp_path / 'x.pth'
    out.write_bytes(b'old')
    monkeypatch.setattr(Path, 'write_bytes', broken)
    with pytest.raises(OSError, match='Input/output'):
        write_backbone(_tensors(), {}, out, 'openmmlab')
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {'x.pth': b'old'}
