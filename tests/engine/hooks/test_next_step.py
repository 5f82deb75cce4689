from __future__ import annotations

import shlex
from pathlib import Path

from oadp_mm import cli
from oadp_mm.engine import NextStepHook


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


def test_a_run_that_saves_nothing_has_no_next_step(line, make_runner):
    runner = make_runner(line, [NextStepHook()], default_hooks={'checkpoint': None})
    runner.train()
    assert 'export' not in '\n'.join(last_lines(runner))
