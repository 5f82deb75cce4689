from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from oadp_mm.stages.stage import Stage, StageFailed, is_finished, read_state, run_stage, stage_key


def python(code: str, **kwargs) -> Stage:
    kwargs = {'name': 's', 'title': 'a stage', 'seconds': 1, 'key': 'k', **kwargs}
    return Stage(command=(sys.executable, '-c', code), **kwargs)


def silent(line: str) -> None:
    pass


@pytest.mark.integration
def test_lines_are_passed_on_whole_and_logged(tmp_path):
    code = ('import sys, time\nsys.stdout.write("on"); sys.stdout.flush(); time.sleep(.6)\n'
            'print("e")\nprint("two")')
    heard = []
    run_stage(python(code), tmp_path, heard.append)
    assert [line for line in heard if line] == ['one', 'two']
    assert (tmp_path / 's/log.txt').read_text().splitlines()[-2:] == ['one', 'two']


@pytest.mark.integration
def test_a_finished_stage_is_known_by_its_key_and_its_outputs(tmp_path):
    out = tmp_path / 'out'
    stage = python(f'open({str(out)!r}, "w")', outputs=(out,))
    assert not is_finished(stage, tmp_path)
    run_stage(stage, tmp_path, silent)
    assert is_finished(stage, tmp_path)
    assert not is_finished(python('', key='other', outputs=(out,)), tmp_path)
    out.unlink()
    assert not is_finished(stage, tmp_path)


@pytest.mark.integration
def test_failure_names_the_log_and_shows_its_end(tmp_path):
    with pytest.raises(StageFailed, match='ended with status 3') as caught:
        run_stage(python('print("the reason"); raise SystemExit(3)'), tmp_path, silent)
    assert str(tmp_path / 's/log.txt') in str(caught.value)
    assert str(caught.value).endswith('the reason')
    assert read_state(tmp_path / 's')['finished'] is False


@pytest.mark.integration
def test_an_output_left_unwritten_is_a_failure(tmp_path):
    with pytest.raises(StageFailed, match=r'did not write .*nothing'):
        run_stage(python('', outputs=(tmp_path / 'nothing',)), tmp_path, silent)


@pytest.mark.integration
def test_whatever_else_a_stage_lacks_is_a_failure_and_it_is_not_finished(tmp_path):
    out = tmp_path / 'out'
    stage = python('', lacks=lambda: '' if out.exists() else 'its figures')
    with pytest.raises(StageFailed, match='did not write its figures; its log is'):
        run_stage(stage, tmp_path, silent)
    out.touch()
    run_stage(stage, tmp_path, silent)
    assert is_finished(stage, tmp_path)
    out.unlink()
    assert not is_finished(stage, tmp_path)


@pytest.mark.integration
def test_half_done_work_is_resumed_with_the_time_it_took(tmp_path):
    checkpoint = tmp_path / 's/epoch_1.pth'
    code = (f'import sys, time; time.sleep(.5); open({str(checkpoint)!r}, "w"); '
            'sys.exit("--resume" not in sys.argv)')
    stage = python(code, resume=('--resume',))
    with pytest.raises(StageFailed):
        run_stage(stage, tmp_path, silent)
    assert run_stage(stage, tmp_path, silent) >= 1.0  # two attempts of half a second
    assert is_finished(stage, tmp_path)


@pytest.mark.integration
def test_other_work_starts_from_an_empty_folder(tmp_path):
    (tmp_path / 's').mkdir()
    (tmp_path / 's/epoch_1.pth').touch()
    (tmp_path / 's/stage.json').write_text('{"key": "old", "finished": false}')
    run_stage(python('import sys; assert "--resume" not in sys.argv', resume=('--resume',)),
              tmp_path, silent)
    assert not (tmp_path / 's/epoch_1.pth').exists()


@pytest.mark.integration
def test_what_is_left_of_finished_work_is_gone_on_with(tmp_path):
    """Somebody removed the last checkpoint of a long training: the others are worth keeping."""
    stage = python(f'open({str(tmp_path / "s/epoch_2.pth")!r}, "w")',
                   outputs=(tmp_path / 's/epoch_2.pth',))
    run_stage(stage, tmp_path, silent)
    (tmp_path / 's/epoch_2.pth').rename(tmp_path / 's/epoch_1.pth')
    run_stage(stage, tmp_path, silent)
    assert (tmp_path / 's/epoch_1.pth').exists()
    assert is_finished(stage, tmp_path)


def test_a_state_cut_short_counts_as_none(tmp_path):
    (tmp_path / 'stage.json').write_text('{"key": "k", "fini')
    assert read_state(tmp_path) == {}


def test_key_depends_on_every_part_and_not_on_the_order_of_names():
    assert stage_key({'a': 1, 'b': 2}, 'x') == stage_key({'b': 2, 'a': 1}, 'x')
    assert len({stage_key({'a': 1}), stage_key({'a': 2}), stage_key({'a': 1}, 0)}) == 3


@pytest.mark.integration
def test_environment_reaches_the_command_and_its_shell_line(tmp_path):
    stage = python('import os; print(os.environ["OADP_X"])', env={'OADP_X': 'a b'})
    heard = []
    run_stage(stage, tmp_path, heard.append)
    assert 'a b' in heard
    assert stage.shell().startswith("OADP_X='a b' ")


@pytest.mark.integration
def test_an_interrupt_ends_the_command_and_what_it_started(tmp_path):
    grandchild = tmp_path / 'pid'
    code = ('import subprocess, sys, time\n'
            'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])\n'
            f'open({str(grandchild)!r}, "w").write(str(child.pid)); print("up"); time.sleep(60)')

    def interrupt(line: str) -> None:
        if line == 'up':
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_stage(python(code), tmp_path, interrupt)
    assert time.monotonic() - start < 30
    state = Path(f'/proc/{grandchild.read_text()}/stat')
    deadline = time.monotonic() + 5
    while state.exists() and state.read_text().split()[2] != 'Z' and time.monotonic() < deadline:
        time.sleep(.1)
    assert not state.exists() or state.read_text().split()[2] == 'Z'
    assert read_state(tmp_path / 's')['finished'] is False
