from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from mmengine.config import Config

from oadp_mm import cli
from oadp_mm.files.configs import find_config, shipped_configs

NAME = 'oadp_resnet50_8xb32-coslr-800e_coco'


def test_a_name_becomes_a_path(capsys):
    assert cli.main(['config', NAME]) == 0
    assert Path(capsys.readouterr().out.strip()) == find_config(NAME)


def test_the_list_holds_every_config_with_the_first_line_of_its_note(capsys):
    assert cli.main(['config', '--list']) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[::2] == list(shipped_configs())
    assert all(line.startswith('    ') and line.strip() for line in lines[1::2])


@pytest.mark.parametrize('pattern', ['oadp/oadp_resnet50', 'oadp/oadp_resnet50*'])
def test_a_pattern_is_a_part_of_the_name_or_a_wildcard(capsys, pattern):
    assert cli.main(['config', '--list', pattern]) == 0
    assert capsys.readouterr().out.splitlines()[::2] == [
        name for name in shipped_configs() if name.startswith('oadp/oadp_resnet50')]


def test_what_it_shows_is_the_whole_config(capsys, tmp_path):
    assert cli.main(['config', NAME, '--show']) == 0
    shown = tmp_path / 'shown.py'
    shown.write_text(capsys.readouterr().out)
    assert Config.fromfile(shown).to_dict() == Config.fromfile(find_config(NAME)).to_dict()


def test_a_copy_is_named_with_the_command_that_trains_it(capsys, tmp_path):
    assert cli.main(['config', '--copy', NAME, str(tmp_path)]) == 0
    assert f'oadp-mm train {tmp_path}/oadp/{NAME}.py' in capsys.readouterr().out
    assert (tmp_path / f'oadp/{NAME}.py').is_file()


@pytest.mark.parametrize(('argv', 'sentence'), [
    (['nothing-like-it'], 'there is no config nothing-like-it'),
    (['--list', 'nothing-like-it'], "no config is called like 'nothing-like-it'"),
    (['--list', '--show'], '--show prints one config: give its NAME'),
])
def test_a_mistake_is_one_sentence(capsys, argv, sentence):
    assert cli.main(['config', *argv]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.integration
def test_a_list_that_is_cut_short_is_no_error():
    command = [sys.executable, '-u', '-m', 'oadp_mm', 'config', '--list']
    lister = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lister.stdout.close()
    assert lister.wait() == 1
    assert lister.stderr.read() == ''
