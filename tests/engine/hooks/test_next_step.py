from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from torch import nn

from oadp_mm import cli
from oadp_mm.engine import NextStepHook
from oadp_mm.layers.detector_parts import BoxTrunk, FeaturePyramid


def last_lines(runner):
    [log] = Path(runner.work_dir).glob('*/*.log')
    return log.read_text().splitlines()


def test_the_last_line_is_the_command_that_exports_the_last_checkpoint(
        line, make_runner, tmp_path, capsys):
    runner = make_runner(line, [NextStepHook()], work_dir=str(tmp_path / "it's a run"),
                         train_cfg={'by_epoch': True, 'max_epochs': 3})
    runner.train()
    command = shlex.split(last_lines(runner)[-1])
    assert command == ['oadp-mm', 'export', f"{tmp_path}/it's a run/epoch_3.pth",
                       f"{tmp_path}/it's a run/backbone.pth"]
    # It is a command: what it says of this model, a line, is that it holds no backbone.
    assert cli.main(command[1:]) == 2
    assert 'epoch_3.pth' in capsys.readouterr().err


@pytest.mark.parametrize(('parts', 'name', 'options'), [
    ({}, 'backbone.pth', []),
    ({'box_head': BoxTrunk(4, 2, 4, 4)}, 'parts.pth', ['--parts', 'backbone,box_head']),
    ({'neck': FeaturePyramid([4], 4), 'box_head': BoxTrunk(4, 2, 4, 4)}, 'parts.pth',
     ['--parts', 'backbone,neck,box_head'])])
def test_the_parts_of_a_detector_are_exported_too(line, make_runner, parts, name, options):
    """By their names in the model; a neck of another kind, a projector of the host's, is none."""
    for part, module in {'backbone': nn.Conv2d(3, 4, 1), 'neck': nn.Linear(2, 2), **parts}.items():
        setattr(line, part, module)
    runner = make_runner(line, [NextStepHook()])
    runner.train()
    command = shlex.split(last_lines(runner)[-1])
    assert Path(command[3]).name == name and command[4:] == options
    assert cli.main(command[1:]) == 0


def test_a_run_that_saves_nothing_has_no_next_step(line, make_runner):
    runner = make_runner(line, [NextStepHook()], default_hooks={'checkpoint': None})
    runner.train()
    assert 'export' not in '\n'.join(last_lines(runner))
