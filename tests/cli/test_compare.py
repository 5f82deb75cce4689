"""The command: what it says of wrong input, which failures stop what, and what it leaves behind."""
from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from oadp_mm.cli import main
from oadp_mm.journey import comparing
from oadp_mm.journey.comparing import Run
from oadp_mm.stages.stage import Stage
from tests.journey.tiny_pretraining import write_images


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_images(tmp_path / 'data')


def compare(data: Path, work_dir: Path, *arguments: str, methods: str = 'oadp') -> int:
    return main(['compare', '--data', str(data), '--methods', methods, '--batch', '4',
                 '--work-dir', str(work_dir), *arguments])


@pytest.mark.parametrize(('arguments', 'methods', 'message'), [
    (('--epochs', '0'), 'oadp', '--epochs must be 1 or more, got 0'),
    (('--seeds', '0'), 'oadp', '--seeds must be 1 or more, got 0'),
    (('--batch', '1'), 'oadp', '--batch must be 2 or more, got 1'),
    (('--size', '8'), 'oadp', '--size must be 32 or more, got 8'),
    (('--workers', '-1'), 'oadp', '--workers must be 0 or more, got -1'),
    (('--last-stride', '4'), 'oadp', '--last-stride must be 1 or 2, got 4'),
    (('--batch', '64'), 'oadp', 'has 8 train images, fewer than --batch 64: lower --batch'),
    (('--families', 'region'), 'oadp', 'region left out: its images have no boxes'),
    (('--backbone', 'vgg'), 'oadp', '--backbone vgg is unknown'),
    (('--data', 'none'), 'oadp', 'none is no labelled data'),
    ((), 'oadp,oops', "method 'oops' is unknown: choose from oadp, byol, moco"),
])  # fmt: skip
def test_a_mistake_is_said_before_anything_runs(
    data, tmp_path, capsys, arguments, methods, message
):
    assert compare(data, tmp_path / 'work', *arguments, methods=methods) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'work').exists()


@pytest.fixture
def fake(monkeypatch):
    """Replace pretrainings and probe by short Python programs, some of which fail."""
    def install(*failing: str) -> None:
        def runs(methods, template, seeds, work_dir, *_) -> list[Run]:
            return [Run(method, seed, program(work_dir, f'{method}/seed{seed}', failing))
                    for seed in range(seeds) for method in methods]

        def probe(runs, seeds, data, options, work_dir, *_) -> Stage:
            names = ' '.join(run.stage.name for run in runs)
            return program(work_dir, 'probe', failing, names)
        monkeypatch.setattr(comparing, 'pretraining_runs', runs)
        monkeypatch.setattr(comparing, 'probe_stage', probe)
    return install


def program(work_dir: Path, name: str, failing: tuple[str, ...], key: str = 'key') -> Stage:
    """Notes that it ran; the probe finds what the key names, each 10 % good."""
    code = f'open({str(work_dir / "trace")!r}, "a").write("{name} ");'
    if name in failing:
        code += 'print("the reason"); raise SystemExit(3)'
    if name == 'probe':
        found = {'probed': [{'name': str(work_dir / run), 'figures': {'image': [
            {'name': 'linear', 'unit': '%', 'value': 10., 'detail': False}]}}
            for run in key.split()]}
        (work_dir / 'features').mkdir(exist_ok=True)
        code += f'open({str(work_dir / "features/probe.json")!r}, "w").write('
        code += f'{json.dumps(found)!r})'
    return Stage(name, name, (sys.executable, '-c', code), 1, key)


@pytest.mark.integration
def test_one_failure_stops_no_other_run_and_is_tried_again(fake, data, tmp_path, capsys):
    work = tmp_path / 'work'
    fake('byol/seed0')
    assert compare(data, work, methods='oadp,byol') == 1
    out = capsys.readouterr().out
    assert 'failed  byol/seed0' in out
    assert f'its log is {work / "byol/seed0/log.txt"} and ends so:\n' in out
    assert '  the reason\n' in out
    assert '1 of 5 stages failed (byol, seed 0)' in out
    assert '| byol | 10.0 | - | - | 1 of 2 |' in (work / 'comparison.md').read_text()

    fake()
    assert compare(data, work, methods='oadp,byol') == 0
    assert (work / 'trace').read_text() == (
        'oadp/seed0 byol/seed0 oadp/seed1 byol/seed1 probe byol/seed0 probe ')
    assert json.loads((work / 'comparison.json').read_text())['failed'] == []


@pytest.mark.integration
def test_what_the_table_does_not_count_stands_below_it(fake, data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(comparing, 'stages_before', lambda *_: [])
    fake()
    assert compare(data, tmp_path / 'work', '--seeds', '1', methods='orl') == 0
    table, sentence = capsys.readouterr().out.split('mean ± deviation over seeds')
    assert 'orl' in table and ' and is not counted.' in sentence.splitlines()[1]


@pytest.mark.integration
def test_a_probe_that_fails_leaves_what_is_known(fake, data, tmp_path, capsys):
    fake('probe')
    assert compare(data, tmp_path / 'work') == 1
    assert '1 of 3 stages failed (the probe)' in capsys.readouterr().out
    assert '| oadp | - | - | 2 |' in (tmp_path / 'work/comparison.md').read_text()


@pytest.mark.integration
def test_where_all_fail_nothing_is_probed(fake, data, tmp_path, capsys):
    fake('oadp/seed0', 'oadp/seed1')
    assert compare(data, tmp_path / 'work') == 1
    assert '2 of 2 stages failed (oadp, seed 0; oadp, seed 1)' in capsys.readouterr().out
    assert 'probe' not in (tmp_path / 'work/trace').read_text()


@pytest.mark.integration
def test_the_whole_comparison_in_small(data, tmp_path, capsys):
    work = tmp_path / 'work'

    def once() -> int:
        return compare(data, work, '--epochs', '1', '--seeds', '1', '--size', '32', '--width', '4',
                       '--workers', '0', '--augment', 'mild', methods='simsiam')

    status = once()
    out = capsys.readouterr().out
    assert status == 0, out
    content = json.loads((work / 'comparison.json').read_text())
    floor, trained = content['runs']
    assert (floor['method'], trained['method']) == ('random', 'simsiam')
    for run in (floor, trained):
        assert run['figures'].keys() == {'image 8-NN %', 'image linear %'}
        assert all(0 <= value <= 100 for value in run['figures'].values())
    assert trained['seconds_per_step'] > 0 and trained['peak_memory_mb'] > 0
    # Unlabelled, and not one test image among them.
    assert {path.resolve().parts[-3] for path in (work / 'images').iterdir()} == {'train'}
    assert len(list((work / 'images').iterdir())) == 8
    written = (work / 'comparison.md').read_text()
    assert once() == 0
    assert capsys.readouterr().out.count('kept') == 2
    assert (work / 'comparison.md').read_text() == written
    assert main(['report', str(work)]) == 0
    page = (work / 'report.html').read_text()
    assert 'Methods compared' in page and 'Losses of the first seed' in page
