from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from oadp_mm.files import recipe
from oadp_mm.files.backbone_file import FORMAT, fingerprint, write_backbone
from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint
from oadp_mm.journey.starts import drawn, read_starts
from oadp_mm.probes.backbones import build_backbone
from oadp_mm.probes.networks import read_network
from tests.probes.tiny_network import BACKBONE, write_checkpoint


def recorded(name: str, folder: Path, **settings) -> str:
    """An exported file of another architecture."""
    config = recipe.architecture({'backbone': {**BACKBONE, **settings}})
    tensors = build_backbone(config).state_dict()
    meta = {'format': FORMAT, 'architecture': json.dumps(config),
            'tensors_sha256': fingerprint(tensors)}
    write_backbone(tensors, meta, folder / name, 'openmmlab')
    return str(folder / name)


@pytest.fixture
def run(tmp_path):
    state = write_checkpoint(tmp_path / 'runs/a/epoch_3.pth')
    return tmp_path / 'runs/a', state


def test_a_runs_backbone_is_written_whole_with_what_it_tells(run, tmp_path):
    start, = read_starts([str(run[0])], tmp_path / 'starts')
    assert (start.typed, start.name, start.file) == (str(run[0]), 'a', tmp_path / 'starts/a.pth')
    written = read_checkpoint(start.file)
    assert all(torch.equal(written.tensors[key], value) for key, value in run[1].items())
    assert len(written.tensors) == len(run[1])
    again = read_network(str(start.file))
    assert again.architecture == start.architecture
    assert again.preprocessor == start.preprocessor == {
        'channels': 'RGB', 'mean': [1, 2, 3], 'std': [4, 5, 6]}
    assert again.origin['epoch'] == '3'


def test_a_start_is_known_by_its_tensors_and_not_by_its_path(run, tmp_path):
    first, = read_starts([str(run[0])], tmp_path / 'starts')
    write_checkpoint(tmp_path / 'moved/epoch_3.pth')
    moved, = read_starts([str(tmp_path / 'moved')], tmp_path / 'starts')
    write_checkpoint(tmp_path / 'other/epoch_3.pth', seed=2)
    other, = read_starts([str(tmp_path / 'other')], tmp_path / 'starts')
    assert first.key == moved.key != other.key


def test_random_is_of_the_first_others_kind(run, tmp_path):
    random, start = read_starts(['random', str(run[0])], tmp_path / 'starts')
    assert (random.file, random.name, random.key) == (None, 'random', '')
    assert random.architecture == start.architecture
    assert random.preprocessor == start.preprocessor


def test_random_alone_is_of_the_backbone_that_is_named(tmp_path):
    start, = read_starts(['random'], tmp_path, 'resnet50')
    assert start.architecture['depth'] == 50
    assert start.architecture['zero_init_residual'] is True
    with pytest.raises(ValueError, match='--backbone, one of resnet18'):
        read_starts(['random'], tmp_path)


def test_folders_of_one_name_get_longer_ones(run, tmp_path):
    words = [str(run[0])]
    for name in ('more/a', 'random'):
        write_checkpoint(tmp_path / name / 'epoch_3.pth')
        words.append(str(tmp_path / name))
    found = read_starts([*words, 'random'], tmp_path / 'starts')
    names = [start.name for start in found]
    assert names[:2] == ['a', 'more-a']
    assert names[2].endswith('-random') and names[3] == 'random'
    assert len({start.file for start in found[:3]}) == 3


def test_a_bare_state_dict_is_a_start_and_what_is_assumed_is_told(run, tmp_path):
    torch.save({**run[1], 'fc.weight': torch.ones(2, 2)}, tmp_path / 'bare v1.pth')
    start, = read_starts([str(tmp_path / 'bare v1.pth')], tmp_path / 'starts')
    assert start.name == 'bare-v1'
    assert start.preprocessor == {}
    assert any('fc' in note for note in start.notes)
    assert read_checkpoint(start.file).tensors.keys() == run[1].keys()


def test_what_is_no_start_is_one_sentence(run, tmp_path):
    torch.save({'head.weight': torch.ones(1)}, tmp_path / 'head.pth')
    (tmp_path / 'empty').mkdir()
    for word, sentence in ((tmp_path / 'head.pth', 'holds no backbone'),
                           (tmp_path / 'none.pth', 'does not exist'),
                           (tmp_path / 'empty', 'holds no checkpoint')):
        with pytest.raises(CheckpointError, match=sentence):
            read_starts([str(word)], tmp_path / 'starts')
    gray = recorded('gray.pth', tmp_path, in_channels=1)
    with pytest.raises(ValueError, match='takes images of 1 channels'):
        read_starts([gray], tmp_path / 'starts')
    with pytest.raises(ValueError, match='is given twice'):
        read_starts([str(run[0])] * 2, tmp_path / 'starts')


def test_a_start_of_each_seed_is_read_from_its_own_run(tmp_path):
    for seed in range(2):
        write_checkpoint(tmp_path / f'runs/a/seed{seed}/epoch_3.pth', seed=seed)
    word = f'{tmp_path}/runs/a/seed{{seed}}'
    start, random = read_starts([word, 'random'], tmp_path / 'starts', seeds=2)
    assert (start.typed, start.name) == (word, 'a')
    each = [drawn(start, seed, tmp_path / 'starts') for seed in range(2)]
    assert [(one.typed, one.name) for one in each] == [(word, 'a')] * 2
    alone = [read_starts([word.format(seed=seed)], tmp_path / 'alone')[0] for seed in range(2)]
    assert [one.key for one in each] == [one.key for one in alone]
    assert each[0].key != each[1].key
    assert random.architecture == start.architecture


def test_starts_of_seeds_are_of_one_kind(tmp_path):
    recorded('run0.pth', tmp_path, depth=18)
    recorded('run1.pth', tmp_path, depth=34)
    with pytest.raises(ValueError, match=r'one network for each seed, but .*run1.pth is of another '
                                         r'architecture than .*run0.pth'):
        read_starts([f'{tmp_path}/run{{seed}}.pth'], tmp_path / 'starts', seeds=2)


def test_a_run_of_a_seed_that_is_missing_is_named(tmp_path):
    write_checkpoint(tmp_path / 'run0/epoch_3.pth')
    with pytest.raises(CheckpointError, match='run1'):
        read_starts([f'{tmp_path}/run{{seed}}'], tmp_path / 'starts', seeds=2)
