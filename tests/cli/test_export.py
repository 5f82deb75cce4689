from __future__ import annotations

import hashlib
import json

import cv2
import mmpretrain.models
import numpy as np
import pytest
import torch
from mmengine.config import Config
from safetensors import safe_open
from torch.nn.functional import conv2d

from oadp_mm.cli import main
from oadp_mm.engine.handoff import CheckedPretrained
from oadp_mm.files.backbone_file import fingerprint
from oadp_mm.files.checkpoint import read_checkpoint


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


@pytest.fixture
def parts(tmp_path):
    """What a pretraining of a backbone, a neck and a box head leaves behind, and its copies."""
    path = tmp_path / 'epoch_9.pth'
    state = {f'{prefix}{name}': torch.full((2,), float(i)) for i, (prefix, name) in enumerate(
        (prefix, name) for prefix in ('', 'target_')
        for name in ('backbone.conv1.weight', 'neck.fpn_convs.0.conv.weight',
                     'box_head.shared_fcs.0.bias'))}
    torch.save({'state_dict': state, 'meta': {'epoch': 9}}, path)
    return path


@pytest.mark.parametrize('name', ['a.pth', 'a.safetensors'])
def test_parts_keep_their_names_and_a_backbone_alone_has_none(parts, tmp_path, name, capsys):
    out = tmp_path / name
    assert main(['export', str(parts), str(out), '--parts', 'backbone,box_head']) == 0
    assert ': 2 tensors from' in capsys.readouterr().out
    written = read_checkpoint(out)
    assert {key: tensor.tolist() for key, tensor in written.tensors.items()} == {
        'backbone.conv1.weight': [0, 0], 'box_head.shared_fcs.0.bias': [2, 2]}
    assert written.meta['parts'] == 'backbone,box_head'
    assert written.meta['tensors_sha256'] == fingerprint(written.tensors)
    assert main(['export', str(out), str(tmp_path / 'b.pth'), '--parts', 'backbone']) == 0
    alone = read_checkpoint(tmp_path / 'b.pth')
    assert alone.tensors.keys() == {'conv1.weight'}
    assert 'parts' not in alone.meta


def test_a_part_can_diverge(parts, tmp_path, capsys):
    content = torch.load(parts)
    content['state_dict']['box_head.shared_fcs.0.bias'][0] = float('nan')
    torch.save(content, parts)
    arguments = ['export', str(parts), str(tmp_path / 'a.pth')]
    assert main(arguments) == 0
    assert main([*arguments, '--parts', 'backbone,neck,box_head']) == 2
    assert 'holds NaN or infinite values in 1 tensors' in capsys.readouterr().err


def test_a_folder_gives_its_newest_readable_checkpoint(checkpoint, tmp_path, capsys):
    (tmp_path / 'epoch_10.pth').write_bytes(checkpoint.read_bytes()[:-100])
    assert main(['export', str(tmp_path), str(tmp_path / 'a.pth')]) == 0
    out, err = capsys.readouterr()
    assert f'2 tensors from {checkpoint} ' in out
    assert err.startswith(f'passed over: {tmp_path / "epoch_10.pth"} is not a readable checkpoint')
    assert torch.load(tmp_path / 'a.pth')['meta']['source'] == 'epoch_3.pth'


def test_a_folder_without_checkpoints_is_one_sentence(tmp_path, capsys):
    assert main(['export', str(tmp_path), str(tmp_path / 'a.pth')]) == 2
    assert 'holds no checkpoint' in capsys.readouterr().err


MEAN, STD = [10., 20., 30.], [40., 50., 60.]


@pytest.fixture
def dark(tmp_path):
    """A pretraining of a narrow ResNet-18 on views of 64 px, and 5 dark images as large as these
    are cut from, so that nothing is resized. One file more is none."""
    settings = {'type': 'ResNet', 'depth': 18, 'base_channels': 8, 'stem_channels': 8}
    cfg = Config({
        'model': {'type': 'oadp_mm.OADP', 'backbone': settings, 'data_preprocessor': {
            'mean': MEAN, 'std': STD, 'bgr_to_rgb': True}},
        'train_dataloader': {'dataset': {'views': {'crop': {'type': 'any', 'scale': 64}}}}})
    network = mmpretrain.models.ResNet(**{k: v for k, v in settings.items() if k != 'type'})
    network.bn1.num_batches_tracked.fill_(9)
    path = tmp_path / 'run' / 'epoch_3.pth'
    path.parent.mkdir()
    torch.save({'state_dict': {f'backbone.{key}': value
                               for key, value in network.state_dict().items()},
                'meta': {'cfg': cfg.pretty_text}}, path)
    folder = tmp_path / 'slides'
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 40, (5, 73, 73, 3), np.uint8)
    for i, image in enumerate(pixels):
        cv2.imwrite(str(folder / f'{i}.png'), image)
    (folder / '9.png').write_bytes(b'no image')
    return path, folder, pixels[:, 4:68, 4:68], network


def test_clean_statistics_are_those_of_the_folders_images(dark, tmp_path, capsys):
    path, folder, centres, network = dark
    assert main(['export', str(path.parent), str(tmp_path / 'a.pth'), '--statistics',
                 str(folder)]) == 0
    out, err = capsys.readouterr()
    assert 'statistics: 5 of 6 images\n' in out
    assert err.startswith('left out: ')
    assert err.count('\n') == 1
    content = torch.load(tmp_path / 'a.pth')
    state, meta, before = content['state_dict'], content['meta'], network.state_dict()
    # By hand: the first norm's inputs are a convolution of the normalised centres in RGB.
    rgb = (centres[..., ::-1] - np.array(MEAN)) / STD
    inputs = conv2d(torch.from_numpy(rgb.transpose(0, 3, 1, 2)),
                    before['conv1.weight'].double(), stride=2, padding=3)
    rows = inputs.transpose(0, 1).flatten(1)
    assert state['bn1.running_mean'].tolist() == pytest.approx(rows.mean(1).tolist(), rel=1e-4)
    assert state['bn1.running_var'].tolist() == pytest.approx(rows.var(1).tolist(), rel=1e-4)
    changed = {key for key in before if not torch.equal(before[key], state[key])}
    assert changed == {key for key in before if key.endswith(('running_mean', 'running_var'))}
    assert meta['statistics'] == 'clean images'
    assert json.loads(meta['statistics_of']) == {'folder': 'slides', 'images': 5, 'size': 64}
    assert meta['training_tensors_sha256'] == fingerprint(before)
    assert meta['source_sha256'] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_clean_statistics_are_equal_in_every_run_and_are_handed_over(dark, tmp_path):
    path, folder, _, network = dark
    for name in ('a.pth', 'b.pth'):
        assert main(['export', str(path), str(tmp_path / name), '--statistics', str(folder)]) == 0
    first, second = (torch.load(tmp_path / name)['meta'] for name in ('a.pth', 'b.pth'))
    assert first == second
    CheckedPretrained(str(tmp_path / 'a.pth'))(network)
    assert fingerprint(network.state_dict()) == first['tensors_sha256']


def test_an_exported_file_can_be_given_clean_statistics_later(dark, tmp_path):
    path, folder, *_ = dark
    assert main(['export', str(path), str(tmp_path / 'a.pth')]) == 0
    assert torch.load(tmp_path / 'a.pth')['meta']['statistics'] == 'training views'
    for source, target in ((path, 'direct'), (tmp_path / 'a.pth', 'later')):
        assert main(['export', str(source), str(tmp_path / f'{target}.safetensors'),
                     '--statistics', str(folder)]) == 0
    metas = []
    for name in ('direct', 'later'):
        with safe_open(tmp_path / f'{name}.safetensors', 'pt') as file:
            metas.append(file.metadata())
    assert metas[0] == metas[1]


def test_code_named_by_a_config_is_not_run_for_the_statistics(dark, tmp_path, capsys):
    path, folder, *_ = dark
    content = torch.load(path)
    made = tmp_path / 'made'
    content['meta']['cfg'] = content['meta']['cfg'].replace(
        "depth=18", f"depth=18, norm_cfg=dict(type='os.mkdir', path={str(made)!r})")
    torch.save(content, path)
    assert main(['export', str(path), str(tmp_path / 'a.pth'), '--statistics', str(folder)]) == 2
    assert 'names os.mkdir, which is no registered layer' in capsys.readouterr().err
    assert not made.exists()


def test_statistics_need_images_and_norms(dark, tmp_path, capsys):
    path, folder, *_ = dark
    empty = tmp_path / 'bad'
    empty.mkdir()
    (empty / 'a.png').write_bytes(b'no image')
    for arguments, message in (
            (['--statistics', str(empty)], 'none of 1 images can be read, the first because'),
            (['--statistics', str(folder), '--images', '0'], 'give at least 1')):
        assert main(['export', str(path), str(tmp_path / 'a.pth'), *arguments]) == 2
        assert message in capsys.readouterr().err
    content = torch.load(path)
    content['meta']['cfg'] = ''
    torch.save(content, path)
    assert main(['export', str(path), str(tmp_path / 'a.pth'), '--statistics', str(folder)]) == 2
    assert 'does not tell how its training normalised' in capsys.readouterr().err


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
    (['{dir}/empty', '{dir}/a.pth'], 'does not exist'),
    (['{ckpt}', '{dir}/a.pth', '--statistics', '{dir}'], 'holds no images'),
    (['{ckpt}', '{dir}/a.pth', '--statistics', '{dir}/missing'], 'holds no images'),
    (['{ckpt}', '{dir}/a.pth', '--parts', 'backbone,neck,box_head'],
     "has no part 'neck', 'box_head', but target.backbone. 2, backbone. 2, heads. 1: give"),
    (['{ckpt}', '{dir}/a.pth', '--parts', 'backbone,'], "has no part '', but"),
    (['{ckpt}', '{dir}/a.pth', '--parts', 'backbone,heads', '--format', 'torchvision'],
     "torchvision's ResNet has no backbone.conv1.weight, "),
    (['{ckpt}', '{dir}/a.pth', '--parts', 'backbone,heads', '--prefix', 'target.'],
     '--prefix is for a backbone alone, but --parts backbone,heads asks for more than that'),
    (['{ckpt}', '{dir}/a.pth', '--parts', 'heads', '--statistics', '{dir}'],
     '--statistics is for a backbone alone, but'),
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
