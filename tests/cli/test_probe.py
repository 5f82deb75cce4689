from __future__ import annotations

import json
from functools import partial

import pytest
import torch

from oadp_mm.cli import main
from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.datasets.scenes.scene_files import write_scene_files
from oadp_mm.probes import probe as probing
from oadp_mm.probes.backbones import random_backbone
from tests.probes.tiny_network import BACKBONE, write_checkpoint


@pytest.fixture
def command(tmp_path):
    """`oadp-mm probe` of a run and of random weights, on eight images."""
    write_checkpoint(tmp_path / 'run/epoch_3.pth')
    return ['probe', str(tmp_path / 'run'), 'random', '--data', 'nuclei', '--images', '8',
            '--size', '64', '--seeds', '2', '--work-dir', str(tmp_path / 'work'),
            '--json', str(tmp_path / 'figures.json')]


def test_a_row_a_file_and_the_second_time_nothing_is_computed(command, tmp_path, capsys,
                                                              monkeypatch):
    assert main(command) == 0
    out, err = capsys.readouterr()
    assert 'image left out: its images have no class' in err
    assert '8 of 544 train and 8 of 120 test images' in err
    for title in ('region: nuclei, 64 px', 'dense, mean IoU: nuclei', 'label-free, cell: nuclei'):
        assert title in out
    content = json.loads((tmp_path / 'figures.json').read_text())
    assert content == json.loads((tmp_path / 'work/probe.json').read_text())
    assert content['kind'] == 'probe'
    assert content['command'].split() == ['oadp-mm', *command]  # no word needs quotes
    assert (content['train'], content['test']) == (8, 8)
    first, second = content['probed']
    assert first['origin'] == {'file': 'epoch_3.pth', 'method': 'oadp_mm.OADP', 'epoch': '3',
                               'iter': '12'}
    assert first['architecture'] == second['architecture']
    assert second['name'] == 'random' and second['origin'] == {'seed': '0'}
    assert first['settings'] == {'size': 64, 'layer': -1, 'stride': 16, 'statistics': 'clean',
                                 'seeds': 2, 'view': 'whole', 'windows': 1,
                                 'protocol': probing.PROTOCOL}
    assert first['failed'] == second['failed'] == {}
    assert {family: len(each) > 3 for family, each in first['figures'].items()} == {
        'region': True, 'dense': True, 'label-free': True}
    assert first['figures'] != second['figures']
    monkeypatch.setattr(probing, 'extract', lambda *a: pytest.fail('extracted twice'))
    monkeypatch.setattr(probing, '_measure', lambda *a: pytest.fail('measured twice'))
    assert main(command) == 0
    assert json.loads((tmp_path / 'figures.json').read_text()) == content


def test_figures_of_a_run_lie_beside_it(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*command[:command.index('--work-dir')], '--families', 'label-free']) == 0
    assert (tmp_path / 'probe/probe.json').is_file()
    file = ['probe', 'run/epoch_3.pth', *command[2:command.index('--work-dir')]]
    assert main([*file, '--families', 'label-free']) == 0
    assert (tmp_path / 'work_dirs/probe/probe.json').is_file()


@pytest.mark.parametrize('option', [
    ['--statistics', 'own'], ['--layer', '-2'], ['--size', '80'], ['--images', '7'],
    ['--view', 'square'], ['--windows', '2']])
def test_another_setting_is_not_taken_from_the_cache(command, option, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(probing, 'cached_folder',
                        lambda root, key, make: seen.append(key) or tmp_path)
    monkeypatch.setattr(probing, 'cached_json', lambda path, compute: [])
    for words in (command, [*command, *option]):
        main(words)
    run, untrained, *changed = seen
    assert run != untrained
    assert run != changed[0] and untrained != changed[1]


def test_masks_of_a_written_folder_are_read(command, tmp_path):
    write_scene_files(tmp_path / 'data', {
        split: (4, partial(nuclei.scene, split)) for split in nuclei.SPLITS},
        classes=nuclei.CLASSES, parameters={}, border=True)
    command[command.index('nuclei')] = str(tmp_path / 'data')
    assert main([*command, '--families', 'dense']) == 0
    figures = json.loads((tmp_path / 'figures.json').read_text())['probed'][0]['figures']
    assert {'R2 nucleus', 'R2 border'} <= {each['name'] for each in figures['dense']}


def test_a_collapsed_network_is_a_row_and_stops_no_other(command, tmp_path, capsys):
    path = tmp_path / 'run/epoch_3.pth'
    content = torch.load(path, weights_only=True)
    for value in content['state_dict'].values():
        value.zero_()
    torch.save(content, path)
    assert main(command) == 0
    out = capsys.readouterr().out
    collapsed, healthy = json.loads((tmp_path / 'figures.json').read_text())['probed']
    assert collapsed['figures'].keys() == {'label-free'} and healthy['failed'] == {}
    for family in ('region', 'dense'):
        assert 'constant' in collapsed['failed'][family]
        assert f'{tmp_path / "run"} has no {family} figures' in out
    ranks = [[each['value'] for each in one['figures']['label-free'] if each['name'] == 'rank']
             for one in (collapsed, healthy)]
    assert max(ranks[0]) < 1.1 < min(ranks[1])


def test_random_is_no_floor_for_another_architecture(command, tmp_path, capsys):
    wide = tmp_path / 'wide.pth'
    torch.save(random_backbone({**BACKBONE, 'base_channels': 8}, 0).state_dict(), wide)
    command.insert(2, str(wide))
    assert main([*command, '--families', 'label-free']) == 0
    assert f'note: {wide} is of another architecture than random' in capsys.readouterr().err


def test_a_size_is_checked_before_data_are_read(command, capsys):
    command[command.index('nuclei')] = 'nowhere'
    assert main([*command, '--size', '72']) == 2
    assert 'error: --size 72 is no multiple of 16' in capsys.readouterr().err


@pytest.mark.parametrize(('change', 'sentence'), [
    (['--families', 'dens'], "--families 'dens' is unknown: give some of image,svm,region,dense"),
    (['--families', 'image'], 'nothing can be probed on nuclei (image left out: its images have '
                              'no class)'),
    (['--size', '72'], '--size 72 is no multiple of 16, the stride'),
    (['--seeds', '0'], '--seeds must be 1 or more, got 0'),
    (['--layer', '7'], 'there is no layer 7')])
def test_a_mistake_is_one_sentence(command, change, sentence, capsys):
    assert main([*command, *change]) == 2
    assert f'oadp-mm: error: {sentence}' in capsys.readouterr().err
