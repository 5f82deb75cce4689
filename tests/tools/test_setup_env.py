"""When the environment is made, completed, remade or left alone; nothing is installed here."""
from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / 'tools' / 'setup_env.py'


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, at work in an empty project whose environments are a link to this Python."""
    spec = importlib.util.spec_from_file_location('setup_env', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / 'requirements').mkdir()
    for name in ('setup.cfg', 'setup.py', 'requirements/torch.txt'):
        (tmp_path / name).write_text('one')
    monkeypatch.setattr(module, 'ROOT', tmp_path)
    monkeypatch.setattr(module, 'REQUIREMENTS', tmp_path / 'requirements')
    return module


@pytest.fixture
def done(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in order, instead of doing it."""
    steps: list[str] = []

    def make(self, identity: str) -> None:
        steps.append('make')
        self.python.parent.mkdir(parents=True, exist_ok=True)
        self.python.unlink(missing_ok=True)
        self.python.symlink_to(sys.executable)
        self.stamp.write_text(identity + '\n')

    monkeypatch.setattr(script.Environment, 'make', make)
    monkeypatch.setattr(script.Environment, 'install', lambda self: steps.append('install'))
    monkeypatch.setattr(script.shutil, 'which', lambda name: '/usr/bin/c++')
    return steps


def test_it_is_made_once(script: ModuleType, done: list[str]) -> None:
    script.setup('full', remake=False)
    assert done == ['make', 'install']
    script.setup('full', remake=False)
    assert done == ['make', 'install']


@pytest.mark.parametrize('name', ['requirements/torch.txt', 'requirements/new.txt', 'setup.cfg'])
def test_a_changed_requirement_completes_it(
    script: ModuleType, done: list[str], name: str
) -> None:
    script.setup('full', remake=False)
    (script.ROOT / name).write_text('two')
    script.setup('full', remake=False)
    script.setup('full', remake=False)
    assert done == ['make', 'install', 'install']


def test_a_kill_half_way_is_gone_on_from(
    script: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(script.Environment, 'install', interrupt)
        with pytest.raises(KeyboardInterrupt):
            script.setup('full', remake=False)
    script.setup('full', remake=False)
    assert done == ['make', 'install']


def test_a_kill_while_completing_leaves_no_stamp_of_success(
    script: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script.setup('full', remake=False)
    (script.ROOT / 'setup.cfg').write_text('two')
    with monkeypatch.context() as patch:
        patch.setattr(script.Environment, 'install', interrupt)
        with pytest.raises(KeyboardInterrupt):
            script.setup('full', remake=False)
    (script.ROOT / 'setup.cfg').write_text('one')  # what the first stamp spoke of
    script.setup('full', remake=False)
    assert done == ['make', 'install', 'install']


def interrupt(self) -> None:
    raise KeyboardInterrupt


def break_python(environment: Path) -> None:
    (environment / 'bin' / 'python').unlink()


def move_away(environment: Path) -> None:
    (environment / '.stamp').write_text('Python 3.11 in /elsewhere\ndigest\n')


@pytest.mark.parametrize('harm', [break_python, move_away])
def test_what_cannot_be_completed_is_made_anew(
    script: ModuleType, done: list[str], harm: Callable[[Path], None]
) -> None:
    script.setup('full', remake=False)
    harm(script.ROOT / '.venv')
    script.setup('full', remake=False)
    assert done == ['make', 'install', 'make', 'install']


def test_another_python_replaces_it_only_on_request(
    script: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script.setup('full', remake=False)
    other = (3, 12, 0) if sys.version_info[:2] != (3, 12) else (3, 11, 0)
    monkeypatch.setattr(script.sys, 'version_info', other)
    script.setup('full', remake=False)
    assert done == ['make', 'install']
    script.setup('full', remake=True)
    assert done == ['make', 'install', 'make', 'install']


def test_a_light_environment_is_another_folder(script: ModuleType, done: list[str]) -> None:
    script.setup('full', remake=False)
    script.setup('light', remake=False)
    assert done == ['make', 'install'] * 2
    assert (script.ROOT / '.venv-light' / '.stamp').is_file()


def test_what_builds_the_site_is_a_third(
    script: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is completed for its own requirements alone."""
    for name in ('docs', 'constraints'):
        (script.ROOT / f'requirements/{name}.txt').write_text('one')
    script.setup('docs', remake=False)
    script.setup('full', remake=False)
    assert done == ['make', 'install'] * 2
    (script.ROOT / 'requirements/docs.txt').write_text('two')
    script.setup('full', remake=False)
    script.setup('docs', remake=False)
    assert done == ['make', 'install'] * 2 + ['install']
    (script.ROOT / 'requirements/torch.txt').write_text('two')
    script.setup('docs', remake=False)
    assert done == ['make', 'install'] * 2 + ['install']
    monkeypatch.setattr(script.sys, 'version_info', (3, 10, 1))
    with pytest.raises(script.SetupError, match=r'Sphinx needs 3\.11 or 3\.12: .*PYTHON='):
        script.setup('docs', remake=True)


@pytest.mark.parametrize('version', [(3, 9, 18), (3, 13, 0)])
def test_an_unsupported_python_is_one_sentence(
    script: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(script.sys, 'version_info', version)
    with pytest.raises(script.SetupError, match=r'is Python 3\.\d+, but 3\.10, 3\.11 or 3\.12'):
        script.setup('full', remake=False)
    assert done == []


def test_no_compiler_stops_the_full_installation_alone(
    script: ModuleType, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script.shutil, 'which', lambda name: None)
    with pytest.raises(script.SetupError, match=r'no C\+\+ compiler .* make light'):
        script.setup('full', remake=False)
    script.setup('light', remake=False)
    assert done == ['make', 'install']


def test_a_failed_step_shows_its_end_and_the_log(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = script.Environment(tmp_path / '.venv', 'full')
    environment.folder.mkdir()
    environment.python = Path(sys.executable)
    lines = 'for i in range(50): print("line", i)'
    with pytest.raises(script.SetupError, match=r'"step" failed.*goes on from here'):
        environment.run('step', 1, ['-c', f'{lines}\nraise SystemExit(3)'])
    assert capsys.readouterr().err.splitlines() == [f'line {i}' for i in range(20, 50)]
