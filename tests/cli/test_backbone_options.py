"""One ResNet is asked for in one way, by whatever command."""
from __future__ import annotations

import argparse

import pytest

from oadp_mm import cli
from oadp_mm.cli import compare, pretrain

COMMANDS = {'pretrain': (pretrain, ('nuclei', '--work-dir')),
            'compare': (compare, ('--data', 'nuclei', '--methods', 'byol', '--work-dir'))}


@pytest.mark.parametrize('command', COMMANDS)
def test_a_command_takes_them(command):
    module, words = COMMANDS[command]
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    args = parser.parse_args([*words, 'x', '--backbone', 'resnet34', '--width', '8',
                              '--last-stride', '1'])
    assert (args.backbone, args.width, args.last_stride) == ('resnet34', 8, 1)


@pytest.mark.parametrize('command', COMMANDS)
@pytest.mark.parametrize(('option', 'value', 'message'), [
    ('--width', '0', '--width must be 1 or more, got 0'),
    ('--last-stride', '0', '--last-stride must be 1 or 2, got 0'),
    ('--last-stride', '3', '--last-stride must be 1 or 2, got 3')])
def test_a_mistake_is_one_sentence(command, option, value, message, tmp_path, capsys):
    assert cli.main([command, *COMMANDS[command][1], str(tmp_path / 'x'), option, value]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line == f'oadp-mm: error: {message}'
    assert not (tmp_path / 'x').exists()
