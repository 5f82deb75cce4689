"""Equal terms, and what makes a run another run."""
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from oadp_mm.comparison.plan import Job, plan
from tests.comparison.tiny_comparison import write_config

TEMPLATE = Job(data='/data', label_column=-1, size=32, epochs=3, batch=4, workers=0)


@pytest.fixture
def configs(tmp_path: Path) -> dict[str, Path]:
    return {name: write_config(tmp_path / f'{name}.py') for name in ('one', 'two')}


def runs_of(configs: dict[str, Path], template: Job = TEMPLATE, seeds: int = 2,
            content: str = 'c', work_dir: Path = Path('/runs'), floor: bool = True):
    return plan(configs, template, seeds, work_dir, (8, 4), content, floor)


def keys(*args, **kwargs) -> dict[str, str]:
    return {run.stage.name: run.stage.key for run in runs_of(*args, **kwargs)}


def test_all_methods_take_turns_seed_by_seed(configs):
    assert [(run.method, run.seed) for run in runs_of(configs)] == [
        ('random', 0), ('one', 0), ('two', 0), ('random', 1), ('one', 1), ('two', 1)]
    assert {run.method for run in runs_of(configs, floor=False)} == {'one', 'two'}


def test_jobs_differ_in_method_and_seed_alone(configs):
    for run in runs_of(configs):
        job = Job(**json.loads(run.stage.command[-1]))
        assert (job.seed, job.folder) == (run.seed, f'/runs/{run.method}/seed{run.seed}')
        budget = replace(TEMPLATE, epochs=0, batch=0, workers=0) if run.method == 'random' else (
            TEMPLATE)
        assert replace(job, config='', folder='', seed=0) == budget
        assert run.stage.env['OADP_EPOCHS'] == '3'


def test_another_place_is_the_same_work(configs, tmp_path):
    moved = {name: path.rename(tmp_path / f'{name}-moved.py') for name, path in configs.items()}
    before = {name: write_config(tmp_path / f'{name}.py') for name in configs}
    assert keys(before) == keys(moved, work_dir=Path('/other'))


@pytest.mark.parametrize('change', [{'size': 64}, {'data': '/other'}, {'label_column': 0}])
def test_other_probes_are_other_work_for_all(configs, change):
    before, after = keys(configs), keys(configs, replace(TEMPLATE, **change))
    assert all(before[name] != after[name] for name in before)


@pytest.mark.parametrize('change', [{'epochs': 4}, {'batch': 2}, {'workers': 1}])
def test_another_budget_leaves_the_untrained_backbone_as_it_is(configs, change):
    before, after = keys(configs), keys(configs, replace(TEMPLATE, **change))
    assert {name for name in before if before[name] == after[name]} == {
        'random/seed0', 'random/seed1'}


def test_a_changed_config_or_list_is_other_work(configs):
    before = keys(configs)
    write_config(configs['two'], 'optim_wrapper.update(clip_grad=dict(max_norm=1))\n')
    after = keys(configs)
    assert {name for name in before if before[name] != after[name]} == {'two/seed0', 'two/seed1'}
    relabelled = keys(configs, content='other')
    assert all(after[name] != relabelled[name] for name in after)


@pytest.mark.parametrize(('more', 'message'), [
    ("train_cfg = dict(max_epochs=200)\n", 'config of two trains for 200 epochs where 3 were'),
    ('optim_wrapper.update(accumulative_counts=2)\n', 'config of two accumulates gradients'),
])
def test_a_config_with_a_budget_of_its_own_is_refused(configs, more, message):
    write_config(configs['two'], more)
    with pytest.raises(ValueError, match=message):
        runs_of(configs)


def test_methods_are_compared_on_one_backbone(configs):
    write_config(configs['two'], channels=8)
    with pytest.raises(ValueError, match='the backbone of two is another network than that of one'):
        runs_of(configs)
    write_config(configs['two'], 'model["backbone"].update(out_indices=(0, 3))\n')
    assert len(runs_of(configs)) == 6
