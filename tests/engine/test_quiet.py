from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings

import pytest

from oadp_mm.engine.quiet import import_quietly, quieten


@pytest.fixture
def lines(tmp_path):
    """What a quiet logger wrote to its file."""
    logger = logging.Logger('run')
    logger.addHandler(logging.FileHandler(tmp_path / 'log.txt', encoding='utf-8'))
    with warnings.catch_warnings():
        quieten(logger)

    def write(*messages: str) -> list[str]:
        for message in messages:
            logger.warning(message)
        return (tmp_path / 'log.txt').read_text(encoding='utf-8').splitlines()

    return write


def test_what_nobody_can_act_on_is_left_out(lines):
    assert lines('Gradient accumulative may slightly decrease performance because ...',
                 'lr is 0.1', '"FileClient" will be deprecated in future.',
                 'target.module.conv1.weight is skipped since its requires_grad=False') == [
                     'lr is 0.1']


def test_figures_of_health_stand_elsewhere(lines):
    assert lines('loss: 0.25  health/rank: 9.5000  health/cell_rank: -1e-05  top: 1') == [
        'loss: 0.25  top: 1']


def test_a_name_that_is_no_text_is_logged(lines):
    name = os.fsdecode(b'caf\xe9.jpg')
    assert lines(f'{name} cannot be read', '50 % of it') == [
        r'caf\xe9.jpg cannot be read', '50 % of it']


def test_a_host_is_imported_without_a_word(capsys, monkeypatch, tmp_path):
    (tmp_path / 'talking').mkdir()
    (tmp_path / 'talking/__init__.py').touch()
    (tmp_path / 'talking/datasets.py').write_text("print('Could not import OneDL')")
    monkeypatch.syspath_prepend(tmp_path)
    import_quietly('talking')
    import_quietly('no_such_host')
    assert 'talking.datasets' in sys.modules
    assert capsys.readouterr().out == ''


@pytest.mark.integration
@pytest.mark.parametrize('room', ['datasets', 'models', 'engine', 'pictures.views'])
def test_our_rooms_say_nothing_when_they_are_imported(room):
    done = subprocess.run([sys.executable, '-c', f'import oadp_mm.{room}'], text=True,
                          capture_output=True, check=True)
    assert done.stdout == ''
