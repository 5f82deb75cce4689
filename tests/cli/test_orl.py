"""The command of all stages: what it says of wrong input, how it goes on, and a whole small run."""
from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from oadp_mm.cli import main
from oadp_mm.files.correspondence_file import read_correspondences
from oadp_mm.journey import orl
from oadp_mm.stages.stage import Stage
from tests.journey.tiny_folder import write_images

SMALL = ('--backbone', 'resnet18', '--width', '4', '--size', '64', '--batch', '4', '--epochs', '2',
         '--workers', '0', '--min-side', '16')


@pytest.fixture
def images(tmp_path: Path) -> Path:
    write_images(tmp_path / 'images', 8)
    return tmp_path / 'images'


def run(images: Path, work_dir: Path, *more: str) -> int:
    return main(['orl', str(images), *SMALL, '--work-dir', str(work_dir), *more])


@pytest.mark.parametrize(('more', 'sentence'), [
    (('--neighbours', '0'), '--neighbours must be 1 or more, got 0'),
    (('--min-side', '0'), '--min-side must be 1 or more, got 0'),
    (('--batch', '9'), 'has 8 images, fewer than --batch 9: type --batch 8'),
    (('--backbone', 'vit'), '--backbone vit is unknown: choose from resnet18, '),
    (('--stage1', 'nowhere'), 'nowhere does not exist: check the path'),
    (('--proposals', 'x.npz'), 'there are no proposals')])
def test_a_mistake_is_one_sentence_before_anything_runs(images, tmp_path, capsys, more, sentence,
                                                        monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(images, tmp_path / 'run', *more) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert not (tmp_path / 'run').exists()


def test_the_plan_is_what_one_types(images, tmp_path, capsys):
    assert run(images, tmp_path / 'run', '--plan', '--scd') == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == [
        'pretrain', 'proposals', 'neighbours', 'correspondences', 'pretrain']
    assert '--method scd-orl' in lines[-1]
    assert '--neighbours 7' in lines[2]  # no more than there are other images
    assert not (tmp_path / 'run').exists()


@pytest.fixture
def fake(monkeypatch):
    """Replace the stages by short Python programs."""
    def install(*codes: str) -> None:
        monkeypatch.setattr(orl, 'stages', lambda *_: [
            Stage(f'{n}', f'stage {n}', (sys.executable, '-c', code), 1, code)
            for n, code in enumerate(codes)])
    return install


@pytest.mark.integration
def test_a_failed_stage_ends_it_with_its_log_and_the_same_command_goes_on(fake, images, tmp_path,
                                                                          capsys):
    trace, work_dir = tmp_path / 'trace', tmp_path / 'run'
    fake(f'open({str(trace)!r}, "a").write("a")', 'print("no space"); raise SystemExit(7)')
    assert run(images, work_dir) == 1
    out = capsys.readouterr().out
    assert '"stage 1" ended with status 7' in out
    assert out.rstrip().endswith('no space')
    fake(f'open({str(trace)!r}, "a").write("a")', f'open({str(trace)!r}, "a").write("b")')
    assert run(images, work_dir) == 0
    assert trace.read_text() == 'ab'
    out = capsys.readouterr().out
    assert f'oadp-mm probe {work_dir}/stage3 {work_dir}/stage1 random --data LABELLED' in out


@pytest.mark.integration
def test_from_a_folder_to_a_network_in_one_command(images, tmp_path, capsys):
    """A second call does nothing; more neighbours are refused, since stage 3 learned from fewer."""
    work_dir = tmp_path / 'run'
    assert run(images, work_dir, '--neighbours', '3') == 0
    made = read_correspondences(work_dir / 'correspondences/correspondences.npz')
    assert len(made) == 8
    assert made.neighbours.shape == (8, 3)
    assert (made.neighbours != np.arange(8)[:, None]).all()
    for name in ('neighbours', 'correspondences'):
        assert (work_dir / name / f'{name}.png').stat().st_size > 1000
    assert [json.loads((work_dir / name / 'stage.json').read_text())['finished']
            for name in orl.STAGES] == [True] * 5
    before = {path: path.stat().st_mtime_ns for path in work_dir.glob('*/*.pth')}
    assert {path.relative_to(work_dir).as_posix() for path in before} >= {
        'stage1/epoch_2.pth', 'stage3/epoch_2.pth'}
    out = capsys.readouterr().out
    assert f'8 images of {images}, 3 neighbours each' in out
    assert f'{work_dir}/correspondences/correspondences.png' in out
    (work_dir / 'proposals/proposals.npz').unlink()
    assert run(images, work_dir, '--neighbours', '3') == 0
    assert 'is finished: all stages are done' in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in work_dir.glob('*/*.pth')} == before
    assert run(images, work_dir, '--neighbours', '4') == 2
    assert 'with --neighbours 3, and with --neighbours 4 it' in capsys.readouterr().err


def test_a_work_dir_among_the_images_is_refused(images, capsys, monkeypatch):
    """Its pictures would become images."""
    monkeypatch.chdir(images)
    assert run(Path('.'), Path('runs/orl')) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert 'lies in the folder of images, which its pictures would be added to' in line


@pytest.mark.integration
def test_what_comes_next_can_be_typed(fake, images, tmp_path, capsys):
    fake('pass')
    work_dir = tmp_path / 'w h'
    assert run(images, work_dir) == 0
    lines = capsys.readouterr().out.splitlines()
    words = shlex.split(next(line for line in lines if line.startswith('oadp-mm finetune')))
    starts = [words[at + 1] for at, word in enumerate(words) if word == '--from']
    assert starts == [f'{work_dir}/stage3', f'{work_dir}/stage1', 'random']


@pytest.mark.integration
def test_one_image_is_one_sentence(tmp_path, capsys):
    write_images(tmp_path / 'images', 1)
    assert run(tmp_path / 'images', tmp_path / 'run', '--batch', '2') == 2
    [line] = capsys.readouterr().err.splitlines()
    assert 'has 1 images, fewer than --batch 2: add images' in line
