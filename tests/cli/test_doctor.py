"""`oadp-mm doctor`: what it prints, writes and ends with."""
from __future__ import annotations

import json
import shutil

import pytest

from oadp_mm import cli
from oadp_mm.doctor import trying
from oadp_mm.doctor.finding import Finding
from tests.journey.tiny_folder import TINY, write_images


def doctor(*words: object) -> int:
    return cli.main(['doctor', *map(str, words)])


def test_a_healthy_folder_ends_with_0(tmp_path, capsys):
    assert doctor(write_images(tmp_path / 'images'), '--size', 64) == 0
    out = capsys.readouterr().out
    assert 'problem  ' not in out
    assert 'none of 8 images is a copy of another' in out


def test_a_problem_ends_with_1_comes_first_and_is_written(tmp_path, capsys):
    images = write_images(tmp_path / 'images')
    for path in list(images.iterdir())[:6]:
        path.write_bytes(path.read_bytes()[:100])
    assert doctor(images, '--size', 64, '--json', tmp_path / 'found.json') == 1
    assert capsys.readouterr().out.startswith('problem  unreadable')
    found = json.loads((tmp_path / 'found.json').read_text())['findings']
    assert found[0]['topic'] == 'unreadable' and len(found[0]['items']) == 6


def test_the_machine_alone_is_examined(capsys):
    assert doctor() in (0, 1)
    out = capsys.readouterr().out
    assert 'python' in out and 'disk' in out and 'images ' not in out


def test_a_config_is_tried_and_its_schedule_shown(tmp_path, capsys, monkeypatch):
    told = dict(length=dict(images=8, iterations=20, epochs=10, batches=1, batch=4, few=''),
                workers=dict(number=0), course=dict(
                    rows={'learning rate': ['0', '1', '0.5', '1e-09']}, warm_up=0.0),
                layout=dict(side=64, sentence='views of 64 px'))
    asked = []
    monkeypatch.setattr(trying, 'try_out', lambda *args: asked.append(args) or trying.Tried(
        'refused', told, 'it fell'))
    images = write_images(tmp_path / 'images')
    assert doctor(images, '--config', 'oadp_resnet18_1xb32-coslr-7e_digits', '--limit', 5,
                  '--json', tmp_path / 'found.json') == 1
    (config, folder, limit), = asked
    assert (config.stem, folder, limit) == (
        'oadp_resnet18_1xb32-coslr-7e_digits', str(images), 5)
    out = capsys.readouterr().out
    assert 'would not begin: it fell' in out and '1e-09' in out
    assert 'views of 64 px' in out and 'would be enlarged' not in out  # the config's size
    assert json.loads((tmp_path / 'found.json').read_text())['schedule'] == told['course']


@pytest.mark.parametrize('words', [('--size', -1), ('--looks', -1), ('--limit', 0)])
def test_numbers_out_of_range_are_refused(words, capsys):
    assert doctor(*words) == 2
    assert f'{words[0]} must be' in capsys.readouterr().err


def test_an_unknown_config_is_refused_before_anything_is_done(capsys):
    assert doctor('--config', 'oadp_resnet18_1xb32-coslr-7e_digit') == 2
    assert 'the closest are' in capsys.readouterr().err


def test_a_pretraining_says_what_is_not_well_before_its_plan(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr('oadp_mm.doctor.quick.machine_findings', lambda *args, **kwargs: [
        Finding('problem', '/dev/shm', 'small')])
    monkeypatch.setattr('oadp_mm.journey.launch.launch', lambda *args: 0)
    images = write_images(tmp_path / 'images')
    assert cli.main(['pretrain', str(images), *TINY, '--epochs', '1', '--method', 'byol',
                     '--work-dir', str(tmp_path / 'run')]) == 0
    assert 'oadp-mm: problem: /dev/shm: small\n' in capsys.readouterr().err
    shutil.rmtree(tmp_path / 'run')
