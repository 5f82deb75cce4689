from __future__ import annotations

import pytest
import torch

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.probes.networks import read_network, read_networks
from tests.probes.tiny_network import BACKBONE, write_checkpoint


@pytest.fixture
def run(tmp_path):
    state = write_checkpoint(tmp_path / 'run/epoch_3.pth')
    return tmp_path / 'run', state


def _same(network, state) -> bool:
    ours = network.backbone.state_dict()
    return ours.keys() == state.keys() and all(torch.equal(ours[k], v) for k, v in state.items())


def test_a_run_and_its_checkpoint_are_built_from_what_they_tell(run):
    folder, state = run
    for word in (folder, folder / 'epoch_3.pth'):
        network = read_network(str(word))
        assert _same(network, state)
        assert network.preprocessor == {'channels': 'RGB', 'mean': [1, 2, 3], 'std': [4, 5, 6]}
        assert network.origin == {'file': 'epoch_3.pth', 'method': 'oadp_mm.OADP', 'epoch': '3',
                                  'iter': '12'}
        assert network.notes == ()


def test_random_takes_the_architecture_of_the_first_file_and_a_seed(run):
    first, second, again, file = read_networks(['random', 'random:1', 'random:0', str(run[0])])
    assert first.architecture == file.architecture
    assert first.preprocessor == file.preprocessor
    assert _same(first, again.backbone.state_dict())
    assert not _same(first, second.backbone.state_dict())
    # the seed that the file's weights are of
    assert _same(second, file.backbone.state_dict())


def test_random_alone_needs_a_config(tmp_path):
    with pytest.raises(ValueError, match='random needs an architecture'):
        read_networks(['random'])
    with pytest.raises(ValueError, match='has no seed'):
        read_networks(['random:x'])
    config = tmp_path / 'a.py'
    config.write_text(f'model = dict(backbone={BACKBONE!r})')
    network, = read_networks(['random'], str(config))
    assert network.architecture['base_channels'] == 4
    config.write_text('a = 1')
    with pytest.raises(ValueError, match=r'has no model\.backbone'):
        read_networks(['random'], str(config))


def test_a_bare_state_dict_is_told_by_its_names_and_loses_its_classifier(run, tmp_path):
    path = tmp_path / 'bare.pth'
    torch.save({**run[1], 'fc.weight': torch.ones(2, 2)}, path)
    network = read_network(str(path))
    assert _same(network, run[1])
    assert network.architecture['strides'] == [1, 2, 2, 2]
    assert [note.removeprefix(str(path)) for note in network.notes] == [
        ': left out what is no backbone: fc',
        ' does not tell its architecture: taken for a ResNet-18 of width 0.0625 with the usual '
        'strides; --config sets another',
        " does not tell how its images were normalised: by ImageNet's mean and deviation, in RGB"]


def test_a_config_builds_what_tells_nothing(run, tmp_path):
    path, config = tmp_path / 'bare.pth', tmp_path / 'a.py'
    torch.save({f'module.encoder.{key}': value for key, value in run[1].items()}, path)
    config.write_text(f'model = dict(backbone={BACKBONE!r})')
    network, = read_networks([str(path)], str(config))
    assert _same(network, run[1])
    assert network.architecture['strides'] == (1, 2, 2, 1)


@pytest.mark.parametrize(('tensors', 'sentence'), [
    ({'heads.0.weight': torch.ones(1)}, 'holds no backbone but heads. 1'),
    ({'a.conv1.weight': torch.ones(1), 'b.conv1.weight': torch.ones(1)}, 'holds 2 networks'),
    ({'patch_embed.weight': torch.ones(1)}, 'no plain ResNet: give --config'),
    ({'conv1.weight': torch.ones(1) / 0}, 'NaN or infinite')])
def test_other_files_are_refused_in_a_sentence(tmp_path, tensors, sentence):
    path = tmp_path / 'a.pth'
    torch.save(tensors, path)
    with pytest.raises(CheckpointError, match=sentence):
        read_network(str(path))
