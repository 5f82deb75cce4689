"""The command: which runs it makes, what it says of wrong input, and what it leaves behind."""
from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from oadp_mm.cli import main
from oadp_mm.comparison import plan as comparison_plan
from oadp_mm.comparison.figures import Outcome
from oadp_mm.comparison.plan import Run
from oadp_mm.stages.stage import Stage
from tests.comparison.tiny_comparison import write_config, write_images


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
    (('--batch', '64'), 'oadp', 'has 8 train images, fewer than --batch 64: lower --batch'),
    (('--data', 'none'), 'oadp', 'data folder none does not exist'),
    ((), 'oadp,oops', "method 'oops' is unknown: choose from oadp, byol, moco"),
    ((), 'oadp,byol,oadp', 'method oadp is named twice'),
    ((), ',', '--methods names none'),
    ((), 'x=none.py', 'the config none.py of method x does not exist'),
    ((), 'random=none.py', "'random' cannot name a method"),
    ((), '../x=none.py', "'../x' cannot name a method"),
])  # fmt: skip
def test_a_mistake_is_said_before_anything_runs(
    data, tmp_path, capsys, arguments, methods, message
):
    assert compare(data, tmp_path / 'work', *arguments, methods=methods) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'work').exists()


@pytest.fixture
def fake(monkeypatch):
    """Replace the runs by short Python programs, which write the given outcome or fail."""
    def install(outcomes: dict[tuple[str, int], Outcome | None]) -> None:
        def plan(methods, template, seeds, work_dir, *rest) -> list[Run]:
            return [Run(method, seed, program(work_dir, f'{method}/seed{seed}', outcome))
                    for (method, seed), outcome in outcomes.items()]
        monkeypatch.setattr(comparison_plan, 'plan', plan)
    return install


def program(work_dir: Path, name: str, outcome: Outcome | None) -> Stage:
    result, trace = work_dir / name / 'result.json', work_dir / 'trace'
    code = f'open({str(trace)!r}, "a").write("{name} ");'
    code += 'print("the reason"); raise SystemExit(3)' if outcome is None else (
        f'open({str(result)!r}, "w").write({json.dumps(asdict(outcome))!r})')
    return Stage(name, name, (sys.executable, '-c', code), 1, 'key', outputs=(result,),
                 resume=('--resume',))


@pytest.mark.integration
def test_one_failure_stops_no_other_run_and_is_tried_again(fake, data, tmp_path, capsys):
    work = tmp_path / 'work'
    fake({('a', 0): Outcome(1., 2.), ('b', 0): None, ('a', 1): Outcome(3., 4.)})
    assert compare(data, work) == 1
    out = capsys.readouterr().out
    assert 'failed  b/seed0' in out
    assert f'its log is {work / "b/seed0/log.txt"} and ends so:\n' in out
    assert '  the reason\n' in out
    assert '1 of 3 runs failed (b, seed 0)' in out
    assert '| a | 2.0 ± 1.4 |' in (work / 'comparison.md').read_text()  # 1 and 3: sqrt(2)
    assert '| b | failed |' in (work / 'comparison.md').read_text()

    fake({('a', 0): Outcome(1., 2.), ('b', 0): Outcome(5., 6.), ('a', 1): Outcome(3., 4.)})
    assert compare(data, work) == 0
    assert (work / 'trace').read_text() == 'a/seed0 b/seed0 a/seed1 b/seed0 '
    content = json.loads((work / 'comparison.json').read_text())
    assert content['failed'] == []
    assert [run['knn'] for run in content['runs']] == [1, 3, 5]


@pytest.mark.integration
def test_the_command_repeats_the_comparison(fake, data, tmp_path):
    fake({('a', 0): Outcome(1., 2.)})
    assert compare(data, tmp_path / 'work', '--label-column', '0', '--no-floor') == 0
    command = json.loads((tmp_path / 'work/comparison.json').read_text())['command']
    assert command == (f'oadp-mm compare --data {data} --methods oadp --epochs 20 --seeds 2 --size '
                       '96 --batch 4 --workers 1 --label-column 0 --no-floor')


@pytest.mark.integration
def test_the_whole_comparison_in_small(data, tmp_path, capsys):
    work = tmp_path / 'work'
    config = write_config(tmp_path / 'tiny.py')

    def once() -> int:
        return compare(data, work, '--epochs', '1', '--seeds', '1', '--size', '32', '--workers',
                       '0', '--no-floor', methods=f'tiny={config}')

    status = once()
    assert status == 0, capsys.readouterr().out
    runs = json.loads((work / 'comparison.json').read_text())['runs']
    assert [(run['method'], run['steps']) for run in runs] == [('tiny', 2)]
    assert all(0 <= run[probe] <= 100 for run in runs for probe in ('knn', 'linear'))
    assert runs[0]['seconds_per_step'] > 0 and runs[0]['peak_memory_mb'] > 0
    # Unlabelled, and not one test image among them.
    assert (work / 'tiny/seed0/images.txt').read_text().split() == [
        f'train/{name}/{number}.png' for name in ('dark', 'light') for number in range(4)]
    written = (work / 'comparison.md').read_text()
    assert once() == 0
    assert capsys.readouterr().out.count('kept') == 1
    assert (work / 'comparison.md').read_text() == written
