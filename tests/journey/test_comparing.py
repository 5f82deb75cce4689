"""Equal terms, and what makes a run another run."""
from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from oadp_mm.datasets.image_files import images_below
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.comparing import (
    FEATURES,
    link_images,
    parse_methods,
    pretraining_runs,
    probe_stage,
    probed_size,
    stages_before,
)
from oadp_mm.journey.methods import METHODS
from tests.journey.tiny_pretraining import write_images

TEMPLATE = Asked('/runs/images', backbone='resnet18', epochs=3, size=96, batch=4, augment='paper')


def runs_of(template: Asked = TEMPLATE, content: str = 'c', work_dir: Path = Path('/runs'),
            workers: int = 0):
    return pretraining_runs(['oadp', 'byol'], template, 2, work_dir, 8, content, workers)


def keys(*args, **kwargs) -> dict[str, str]:
    return {run.stage.name: run.stage.key for run in runs_of(*args, **kwargs)}


def test_every_method_of_pretrain_can_be_compared():
    assert parse_methods(', '.join(METHODS)) == list(METHODS)


def test_all_methods_take_turns_seed_by_seed():
    assert [(run.method, run.seed) for run in runs_of()] == [
        ('oadp', 0), ('byol', 0), ('oadp', 1), ('byol', 1)]


def test_commands_differ_in_method_seed_and_place_alone():
    changed = set()
    for first, other in zip(runs_of()[0].stage.command, runs_of()[1].stage.command, strict=True):
        changed |= {(first, other)} - {(first, first)}
    assert changed == {('oadp', 'byol'), ('/runs/oadp/seed0', '/runs/byol/seed0')}
    later = runs_of()[2].stage.command
    assert later[later.index('--seed') + 1] == '1'  # seed 0 is the default


def test_a_stage_is_what_one_types():
    (_, _, _, *words) = runs_of()[0].stage.command
    assert runs_of()[0].stage.command[:3] == (sys.executable, '-m', 'oadp_mm')
    assert ' '.join(words) == (
        'pretrain /runs/images --method oadp --backbone resnet18 --epochs 3 --size 96 --batch 4 '
        '--augment paper --work-dir /runs/oadp/seed0 --workers 0')


def test_another_place_is_the_same_work():
    moved = replace(TEMPLATE, folder='/other/images')
    assert keys() == keys(moved, work_dir=Path('/other'))


def test_other_images_or_another_budget_are_other_work():
    before = keys()
    for after in (keys(content='d'), keys(replace(TEMPLATE, epochs=4)), keys(workers=1)):
        assert all(before[name] != after[name] for name in before)


def test_the_probe_looks_at_what_finished_and_at_the_floor():
    runs = runs_of()[:1]
    stage = probe_stage(runs, 2, ['nuclei'], ['--size', '96'], Path('/runs'), 8, 'c')
    assert ' '.join(stage.command[3:]) == (
        'probe /runs/oadp/seed0 random:0 random:1 --data nuclei --size 96 --work-dir '
        f'/runs/{FEATURES}')
    more = probe_stage(runs_of()[:2], 2, ['nuclei'], ['--size', '96'], Path('/runs'), 8, 'c')
    assert more.key != stage.key


def test_a_pretraining_sees_the_given_images_in_their_order_and_no_others(tmp_path):
    data, folder = write_images(tmp_path / 'data'), tmp_path / 'images'
    paths = [Path(path) for path in images_below(data / 'train')]
    link_images(paths, folder)
    link_images(paths[::-1][:3], folder)  # of an earlier call nothing stays
    assert [Path(path).resolve() for path in sorted(images_below(folder))] == [
        path.resolve() for path in paths[::-1][:3]]


@pytest.mark.parametrize(('text', 'message'), [
    ('oadp,oops', "method 'oops' is unknown: choose from oadp, byol, moco"),
    ('oadp,byol,oadp', 'method oadp is named twice'), (',', '--methods names none')])
def test_a_mistake_is_named(text, message):
    with pytest.raises(ValueError, match=message):
        parse_methods(text)


def before(*methods: str, work_dir: str = '/runs', content: str = 'c'):
    return stages_before(methods, TEMPLATE, Path(work_dir), 8, content, 0, 24)


def test_proposals_are_made_once_for_the_runs_that_need_them():
    assert before('oadp', 'byol') == []
    [stage] = before('oadp', 'soco')
    out = '/runs/proposals/proposals.npz'
    assert ' '.join(stage.command[3:]) == f'proposals /runs/images --out {out}'
    assert stage.outputs == (Path(out),)
    [other] = before('soco', content='d')
    assert other.key != stage.key
    runs = pretraining_runs(['soco', 'byol'], TEMPLATE, 2, Path('/runs'), 8, 'c', 0)
    told = [f'--proposals {out}' in ' '.join(run.stage.command) for run in runs]
    assert told == [True, False, True, False]
    moved = pretraining_runs(['soco'], TEMPLATE, 1, Path('/other'), 8, 'c', 0)
    assert moved[0].stage.key == runs[0].stage.key


def test_regions_of_orl_are_found_once_by_a_first_stage_of_the_same_budget():
    stages = before('orl', 'byol', 'scd-orl')
    assert [stage.name for stage in stages] == [
        'stage1', 'proposals', 'neighbours', 'correspondences']
    assert '--method orl-stage1 --backbone resnet18 --epochs 3 --size 96 --batch 4' in ' '.join(
        stages[0].command)
    assert before('soco')[0].key == stages[1].key == before('soco', 'orl')[1].key
    runs = pretraining_runs(['orl', 'byol', 'scd-orl'], TEMPLATE, 1, Path('/runs'), 8, 'c', 0)
    told = [f'--correspondences {stages[3].outputs[0]}' in ' '.join(run.stage.command)
            for run in runs]
    assert told == [True, False, True]
    moved = pretraining_runs(['orl'], TEMPLATE, 1, Path('/other'), 8, 'c', 0)
    assert moved[0].stage.key == runs[0].stage.key


@pytest.mark.parametrize(('size', 'last_stride', 'probed'), [
    (96, 2, 96), (112, 1, 112), (112, 2, 128), (40, 2, 32), (100, 1, 96)])
def test_images_of_the_probe_are_of_whole_cells(size, last_stride, probed):
    assert probed_size(Asked('nuclei', size=size, last_stride=last_stride)) == probed
