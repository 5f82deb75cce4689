"""The command's frame: what every subcommand may rely on, shown with subcommands made up here."""
from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from oadp_mm import cli
from oadp_mm.version import __version__


def command(name: str, outcome: int | dict | BaseException) -> ModuleType:
    module = ModuleType(f'oadp_mm.cli.{name}')

    def run(args: Namespace) -> int:
        if isinstance(outcome, BaseException):
            raise outcome
        if isinstance(outcome, dict):
            return outcome['ours']
        return outcome + args.more

    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument('--more', type=int, default=0)

    module.HELP, module.add_arguments, module.run = f'Help of {name}.', add_arguments, run
    return module


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = {
        'good': 5,
        'wrong': ValueError('k must be below 49, got 60: lower k'),
        'absent': FileNotFoundError('no such checkpoint: x.pth'),
        'locked': PermissionError(13, 'Permission denied', 'out/x.pth'),
        'bug': {},
        'stopped': KeyboardInterrupt(),
    }
    monkeypatch.setattr('oadp_mm.errors.PACKAGE', Path(__file__).parent)
    monkeypatch.setattr(cli, 'COMMANDS', tuple(outcomes))
    for name, outcome in outcomes.items():
        monkeypatch.setitem(sys.modules, f'oadp_mm.cli.{name}', command(name, outcome))


def test_arguments_go_in_and_the_status_comes_out(commands: None) -> None:
    assert cli.main(['good']) == 5
    assert cli.main(['good', '--more', '2']) == 7


@pytest.mark.parametrize(('name', 'line'), [
    ('wrong', 'oadp-mm: error: k must be below 49, got 60: lower k\n'),
    ('absent', 'oadp-mm: error: no such checkpoint: x.pth\n'),
    ('locked', 'oadp-mm: error: cannot use out/x.pth (Permission denied): check the path and who '
               'may read and write there\n'),
])  # fmt: skip
def test_a_mistake_of_the_callers_is_one_line(
    commands: None, capsys: pytest.CaptureFixture[str], name: str, line: str
) -> None:
    assert cli.main([name]) == 2
    assert capsys.readouterr() == ('', line)
    for argv in (['--traceback', name], [name, '--traceback']):
        with pytest.raises((ValueError, OSError)):
            cli.main(argv)


@pytest.mark.integration
def test_names_that_are_no_utf8_are_printed(tmp_path) -> None:
    """To a pipe, whose encoding is strict."""
    out = os.fsdecode(os.fsencode(tmp_path) + b'/caf\xe9')
    command = [sys.executable, '-m', 'oadp_mm', 'scenes', out, '--num-train', '1', '--num-test']
    run = subprocess.run([*command, '1'], capture_output=True, check=True)
    assert (Path(out) / 'test/masks/000000.png').is_file()
    assert rb'/caf\xe9: 1 train' in run.stdout
    run = subprocess.run([*command, '2'], capture_output=True)
    assert run.returncode == 2
    assert rb'/caf\xe9' in run.stderr


def test_a_mistake_of_ours_keeps_its_traceback(commands: None) -> None:
    with pytest.raises(KeyError, match='ours'):
        cli.main(['bug'])


def test_an_interrupt_is_no_traceback(commands: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(['stopped']) == 130
    assert capsys.readouterr().err == 'oadp-mm: interrupted\n'


@pytest.mark.parametrize('argv', [[], ['nothing-like-it']])
def test_the_commands_are_named_to_who_asks_for_none(
    commands: None, capsys: pytest.CaptureFixture[str], argv: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code == 2
    assert 'COMMAND' in capsys.readouterr().err


def test_help_lists_every_command(commands: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(['--help'])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(f'Help of {name}.' in text for name in cli.COMMANDS)


def test_only_the_asked_command_is_imported(
    commands: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'oadp_mm.cli.bug', None)  # None: importing it raises
    assert cli.main(['good']) == 5


@pytest.mark.parametrize('name', cli.COMMANDS)
def test_a_real_command_honours_the_contract(name: str) -> None:
    module = import_module(f'oadp_mm.cli.{name}')
    module.add_arguments(ArgumentParser())
    assert module.HELP and '\n' not in module.HELP
    assert callable(module.run)


@pytest.mark.integration
def test_help_is_quick_because_it_imports_no_torch() -> None:
    code = (
        'import sys; from oadp_mm.cli import main\n'
        'try: main(["--help"])\n'
        'finally: assert not {"torch", "mmengine"} & set(sys.modules), "heavy"'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.integration
def test_module_and_script_are_the_same_command() -> None:
    command = [sys.executable, '-m', 'oadp_mm', '--version']
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f'oadp-mm {__version__}\n'
