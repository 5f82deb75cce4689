from __future__ import annotations

import json

import pytest

from oadp_mm.journey.finetuning import plan
from oadp_mm.journey.outcomes import sentences, tables, write_outcomes
from oadp_mm.stages.stage import Stage
from tests.journey.tiny_task import task

#: Box and mask AP by start and seed, as mmdet's log has them.
FIGURES = {('a', 0): (0.30, 0.11), ('a', 1): (0.34, 0.29), ('random', 0): (0.20, 0.20),
           ('random', 1): (0.23, 0.20)}


def finish(stage: Stage, work_dir, box: float, mask: float | None) -> None:
    """Leave behind what a run leaves."""
    folder = work_dir / stage.name
    (folder / 'x/vis_data').mkdir(parents=True)
    for path in stage.outputs:
        path.touch()
    told = {'coco/bbox_mAP': box, 'coco/segm_mAP': mask, 'step': 300}
    (folder / 'x/vis_data/scalars.json').write_text(
        json.dumps({key: value for key, value in told.items() if value is not None}))
    (folder / 'stage.json').write_text(json.dumps(
        {'key': stage.key, 'seconds': 12.5, 'finished': True}))


@pytest.fixture
def planned(tmp_path):
    one = task(tmp_path, labels=[2])
    return one, plan(one, tmp_path), tmp_path


def outcome(planned, count: int = 4) -> dict:
    one, runs, work_dir = planned
    for run in runs[:count]:
        finish(run.stage, work_dir, *FIGURES[run.stage.name.rpartition('/')[2], run.seed])
    return write_outcomes(one, runs, work_dir)


def test_the_json_tells_all_that_was_asked_and_what_came(planned):
    content = outcome(planned)
    assert json.loads((planned[2] / 'finetune.json').read_text()) == content
    assert content['kind'] == 'finetune'
    assert content['starts'] == ['runs/a', 'random']
    assert content['data'] == {'name': planned[0].data.name, 'train': 6, 'test': 2,
                               'classes': ['one', 'two'], 'digest': planned[0].data.digest}
    assert content['models']['mask-rcnn-small'] == {
        'host': 'mmdet', 'config': 'mask-rcnn-small', 'steps': {'2': 300}, 'batch': 4, 'size': 96,
        'metrics': ['box AP', 'mask AP']}
    assert content['runs'][0] == {
        'model': 'mask-rcnn-small', 'start': 'runs/a', 'labels': 2, 'seed': 0, 'seconds': 12.5,
        'folder': 'mask-rcnn-small/labels-2/seed0/a', 'metrics': {'box AP': 30.0, 'mask AP': 11.0}}


def test_differences_are_of_the_same_seeds(planned):
    box, mask = outcome(planned)['comparisons']
    assert box['per_seed'] == {'0': 10.0, '1': 11.0}
    assert (box['difference'], box['verdict']) == (10.5, 'helps')
    # 10.5 -+ tan(0.475 pi) * 0.5, Student's interval of two
    assert box['interval'] == [pytest.approx(4.147, abs=1e-3), pytest.approx(16.853, abs=1e-3)]
    assert mask['per_seed'] == {'0': -9.0, '1': 9.0}
    assert mask['verdict'] == 'no difference seen'


def test_half_of_the_runs_are_told_of_as_far_as_they_are(planned):
    assert outcome(planned, 1)['comparisons'] == []
    (planned[2] / 'finetune.json').unlink()  # which would keep what it told
    half = outcome((planned[0], planned[1][1:], planned[2]), 2)
    assert [run['seed'] for run in half['runs']] == [0, 1]
    box = tables(half)['mask-rcnn-small'].rows[0]
    assert box == ['box AP', '2', '34.0', '20.0', '-', '-']


def test_one_seed_has_no_interval_and_no_verdict(planned):
    content = outcome(planned, 2)
    assert content['comparisons'][0]['interval'] is None
    assert content['comparisons'][0]['verdict'] == 'one seed: no verdict'
    assert tables(content)['mask-rcnn-small'].rows[0][-2:] == ['+10.0', '+10.0']
    assert 'no verdict on runs/a from one seed (+10.0 over random' in sentences(content)[0]


def test_a_run_without_all_figures_is_not_finished(planned):
    one, runs, work_dir = planned
    finish(runs[0].stage, work_dir, 0.3, None)
    assert write_outcomes(one, runs, work_dir)['runs'] == []


def test_table_and_sentences_say_the_same(planned):
    content = outcome(planned)
    table = tables(content)['mask-rcnn-small']
    assert table.header == ['metric', 'labels', 'runs/a', 'random', 'runs/a - random', 'by seed']
    assert table.rows[0] == ['box AP', '2', '32.0 ± 2.8', '21.5 ± 2.1',
                             '+10.5 (+4.1 to +16.9)', '+10.0 +11.0']
    assert sentences(content) == [
        'box AP of mask-rcnn-small with 2 labels: runs/a helps (+10.5 over random, 95 % interval '
        '+4.1 to +16.9, 2 seeds).',
        'mask AP of mask-rcnn-small with 2 labels: no difference of runs/a seen (+0.0 over random, '
        '95 % interval -114.4 to +114.4, 2 seeds).']
