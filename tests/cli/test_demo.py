from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

import pytest

from oadp_mm.cli import main
from oadp_mm.demo import plan as demo_plan
from oadp_mm.demo.plan import Length
from oadp_mm.stages.stage import Stage


@pytest.fixture
def fake(monkeypatch):
    """Replace the demo's plan by three short Python programs."""
    def install(*codes: str) -> None:
        def plan(work_dir: Path, length: Length, seed: int) -> list[Stage]:
            return [Stage(f'{n}', f'stage {n}', (sys.executable, '-c', code), 1, f'{code}{seed}')
                    for n, code in enumerate(codes)]
        monkeypatch.setattr(demo_plan, 'plan', plan)
        monkeypatch.setattr(demo_plan, 'STAGES', tuple(f'{n}' for n in range(len(codes))))
        monkeypatch.setattr('oadp_mm.cli.demo._show_figures', lambda *_: None)
    return install


def demo(work_dir: Path, *arguments: str) -> int:
    return main(['demo', '--work-dir', str(work_dir), *arguments])


@pytest.mark.integration
def test_a_second_call_keeps_what_is_finished(fake, tmp_path, capsys):
    trace = tmp_path / 'trace'
    fake(f'open({str(trace)!r}, "a").write("a")', f'open({str(trace)!r}, "a").write("b")')
    assert demo(tmp_path / 'work') == 0
    assert demo(tmp_path / 'work') == 0
    assert trace.read_text() == 'ab'
    assert capsys.readouterr().out.count('kept') == 2
    assert demo(tmp_path / 'work', '--seed', '1') == 0
    assert trace.read_text() == 'abab'


@pytest.mark.integration
def test_clean_removes_the_stages_and_nothing_else(fake, tmp_path):
    fake('pass')
    assert demo(tmp_path) == 0
    (tmp_path / '0/left').touch()
    (tmp_path / 'mine').touch()
    assert demo(tmp_path, '--clean') == 0
    assert not (tmp_path / '0/left').exists()
    assert (tmp_path / 'mine').exists()


@pytest.mark.integration
def test_a_failing_stage_ends_the_demo_with_its_log(fake, tmp_path, capsys):
    fake('print("no space"); raise SystemExit(7)', f'open({str(tmp_path / "next")!r}, "w")')
    assert demo(tmp_path) == 1
    out = capsys.readouterr().out
    assert f'"stage 0" ended with status 7; its log is {tmp_path / "0/log.txt"}' in out
    assert out.rstrip().endswith('no space')
    assert not (tmp_path / 'next').exists()


@pytest.mark.integration
def test_being_told_to_end_says_how_to_go_on(fake, tmp_path, capsys):
    fake(f'import os, signal, time; os.kill({os.getpid()}, signal.SIGTERM); time.sleep(60)')
    assert demo(tmp_path) == 130
    assert 'The same command goes on from here' in capsys.readouterr().out


def test_an_unwritable_folder_is_said_first(fake, tmp_path, capsys):
    fake('pass')
    (tmp_path / 'file').touch()
    assert demo(tmp_path / 'file/work') == 2
    assert 'cannot write to' in capsys.readouterr().err


def test_two_demos_do_not_share_a_folder(fake, tmp_path, capsys):
    fake('pass')
    with (tmp_path / '.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert demo(tmp_path) == 2
    assert 'another demo is running' in capsys.readouterr().err


def test_a_negative_seed_is_refused(tmp_path, capsys):
    assert demo(tmp_path, '--seed', '-1') == 2
    assert '--seed must be 0 or more, got -1' in capsys.readouterr().err


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_the_whole_demo_in_small(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_plan, 'QUICK', Length(1, 'dense', 8, 1, (2, 2), (1,) * 5))
    assert demo(Path('work'), '--quick') == 0, capsys.readouterr().out
    out = capsys.readouterr().out
    # Nothing was silently random: the hand-off was checked in all that was fine-tuned.
    logs = list(tmp_path.glob('work/*/*/labels-8/seed0/*/log.txt'))
    assert {path.parent.name for path in logs} == {'pretrain', 'random'}
    assert len(logs) == 4
    assert all('hand-off checked' in path.read_text() for path in logs)
    for piece in ('mask AP', 'mIoU', 'work/pretrain - random', 'no verdict on work/pretrain',
                  'frozen features: pretrain is better than the untrained network in'):
        assert piece in out
    page = (tmp_path / 'work/report.html').read_text()
    for piece in ('1 of 1 epochs', 'mask-rcnn-small', 'fcn-small', 'R2 nucleus', 'oadp-mm probe'):
        assert piece in page
    assert os.path.getsize(tmp_path / 'work/report.html') < 5 << 20
