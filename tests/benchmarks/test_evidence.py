from __future__ import annotations

import argparse
import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.evidence.__main__ import FIGURES, PAGE
from benchmarks.evidence.protocol import (
    BASES,
    BATCH,
    ORDER,
    PARTS,
    ROWS,
    SEEDS,
    STEPS,
    TUNINGS,
    UNTRAINED,
)
from benchmarks.evidence.telling import blocks, draw, part_tables, read_part, tuning_table
from benchmarks.evidence.work import FIRST, Given, Work
from oadp_mm.cli.pretrain import asked_of
from oadp_mm.journey.pretraining import Pretraining, plan_pretraining

GIVEN = {'nuclei': Given(544, 32), 'grocery': Given(2640, 38), 'streets': Given(463, 72),
         'full-width': Given(544, 32)}
OUT, DATA = Path('/out'), Path('/data')


def parsed(words) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    import_module(f'oadp_mm.cli.{words[0]}').add_arguments(parser)
    return parser.parse_args(words[1:])


def planned_by(words) -> Pretraining:
    """A training on the nuclei, without its weights, which nobody has written here."""
    args = parsed(words)
    assert args.init == OUT / f'nuclei/starts/random-seed{args.seed}.pth'
    return plan_pretraining(replace(asked_of(args), init=''), GIVEN['nuclei'].images,
                            args.cfg_options, 1)


@pytest.fixture(scope='module')
def made():
    return Work(OUT, DATA, GIVEN).units([*PARTS, *TUNINGS])


def test_every_row_and_number_of_labels_is_done_once(made):
    names = [unit.name for unit in made]
    assert len(names) == len(set(names))
    assert sorted(names) == sorted([
        *(f'{name}/{row}-seed{seed}' for name, part in PARTS.items() for row in part.rows
          for seed in range(SEEDS)),
        *(f'{name}/labels-{labels}' for name, tuning in TUNINGS.items()
          for labels in tuning.labels)])
    assert {name for name, _ in ORDER} == {*PARTS, *TUNINGS}


def test_every_command_is_one(made):
    stages = {stage.name: stage for unit in made for stage in unit.stages}
    for stage in stages.values():
        assert parsed(stage.command[3:])


@pytest.mark.parametrize('row', ROWS)
def test_every_training_can_be_planned_and_is_as_long(made, row):
    stage, = {stage.command: stage for unit in made for stage in unit.stages
              if stage.name == f'nuclei/{row}/seed1'}.values()
    planned = planned_by(stage.command[3:])
    assert STEPS[-1] <= planned.steps < STEPS[-1] + GIVEN['nuclei'].images // BATCH
    assert planned.config.train_dataloader.batch_size == BATCH
    assert planned.config.randomness.seed == 1
    kept, = (hook for hook in planned.config.custom_hooks if hook.type == 'oadp_mm.KeptStepsHook')
    assert kept.steps == list(STEPS[:-1])


def test_rows_of_losses_and_pairs_differ_in_them_alone(made):
    def model(row):
        return planned_by(next(
            stage.command[3:] for unit in made for stage in unit.stages
            if stage.name == f'nuclei/{row}/seed0')).config.model.to_dict()

    whole = model('oadp')
    for name, others in (('global', {'local', 'gl'}), ('local', {'global', 'gl'}),
                         ('gl', {'global', 'local'})):
        alone = model(f'oadp-{name}')
        weights = dict(alone.pop('loss_weights'))
        assert weights == {name: 1.0, **dict.fromkeys(others, 0.0)}
        assert alone == {key: value for key, value in whole.items() if key != 'loss_weights'}
    for matching in ('cosine', 'overlap', 'random'):
        other = model(f'oadp-{matching}')
        assert other['selector'].pop('matching') == matching
        assert other == {**whole, 'selector': {
            key: value for key, value in whole['selector'].items() if key != 'matching'}}


def test_what_a_training_needs_stands_before_it(made):
    for unit in made:
        names = [stage.name for stage in unit.stages]
        if 'orl' in unit.name:
            assert names.index(f'{unit.name.split("/")[0]}/byol/seed{unit.name[-1]}') < (
                names.index(unit.name.replace('-seed', '/seed')))
        if unit.name.split('/')[0] in TUNINGS:
            starts = TUNINGS[unit.name.split('/')[0]].starts
            assert len(names) >= len(starts) * SEEDS + 1


def test_work_elsewhere_is_the_same_work():
    here, there = (Work(out, DATA, GIVEN).units(['nuclei'])
                   for out in (OUT, Path('/moved/here')))
    assert [stage.key for unit in here for stage in unit.stages] == [
        stage.key for unit in there for stage in unit.stages]


def write(folder: Path, row: str, seed: int, value: float, **others: float) -> None:
    """A file of a part whose first figure is `value` at the end, and half of it before."""
    keys = [f'{f.data}/{f.family}/{f.table}/{f.name}' for f in PARTS['nuclei'].figures]
    figures = {str(step): dict.fromkeys(keys, value if step == STEPS[-1] else value / 2)
               for step in STEPS}
    if row == FIRST:
        figures[UNTRAINED] = dict.fromkeys(keys, others['untrained'])
    (folder / 'nuclei').mkdir(exist_ok=True)
    (folder / f'nuclei/{row}-seed{seed}.json').write_text(json.dumps({'figures': figures}))


@pytest.fixture
def some(tmp_path):
    for seed, value in enumerate((.5, .6, .7)):
        write(tmp_path, 'byol', seed, value, untrained=value - .1 - seed / 1000)
        write(tmp_path, 'oadp', seed, value + (-1) ** seed * .2)
    write(tmp_path, 'oadp-global', 0, .5)
    return tmp_path


def test_a_part_is_told_by_means_deviations_and_paired_intervals(some):
    told = part_tables(read_part(some, 'nuclei'), 'nuclei')
    # byol - untrained: .100 .101 .102, t(2) = 4.303, s = .001: .101 -+ .0025
    assert '| byol | 0.60 ± 0.10 |' in told
    assert '| +0.10 (+0.10 to +0.10) | +0.10 (+0.10 to +0.10) | 3 |' in told
    # oadp - untrained: .3 -.099 .302 has a wide interval; - its base on one seed has none
    assert '| +0.17 (-0.41 to +0.74) | +0.20 | 3 |' in told
    assert '| byol | 0.50 ± 0.10 | 0.30 ± 0.05 | 0.30 ± 0.05 | 0.60 ± 0.10 |' in told
    assert ('by intervals: above untrained: byol; below untrained: none; above its base: byol; '
            'below its base: none.') in told


def test_fewer_seeds_have_no_verdict(tmp_path):
    for seed in range(SEEDS - 1):
        write(tmp_path, 'byol', seed, .5 + seed / 1000, untrained=.1)
    told = part_tables(read_part(tmp_path, 'nuclei'), 'nuclei')
    assert told.endswith('No verdict yet: no row has its 3 seeds.')


def test_nothing_is_said_of_what_is_not_there(tmp_path):
    assert part_tables(read_part(tmp_path, 'grocery'), 'grocery').startswith('Nothing')
    assert tuning_table(tmp_path, 'nuclei-detector').startswith('Nothing')


def test_a_plot_has_a_line_a_row_and_the_floor(some):
    ax, = draw(read_part(some, 'nuclei'), PARTS['nuclei']).axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        'untrained', 'byol', 'oadp', 'oadp-global']


def test_fine_tunings_are_told_beside_random_weights(tmp_path):
    runs = [{'start': start, 'seed': seed, 'metrics': {'mask AP': value + seed}}
            for start, value in (('byol', 11.), ('oadp', 12.), ('soco', 9.), ('untrained', 10.))
            for seed in range(3)]
    (tmp_path / 'nuclei-detector').mkdir()
    (tmp_path / 'nuclei-detector/labels-16.json').write_text(json.dumps({'runs': runs}))
    # equal differences: what rounding to .1 hides makes 4.303 * .1 / sqrt(6) / sqrt(3) = .1
    assert ('| 16 | 12.0 ± 1.0 | 13.0 ± 1.0 | 10.0 ± 1.0 | 11.0 ± 1.0 | +1.0 (+0.9 to +1.1) '
            '| +2.0 (+1.9 to +2.1) | -1.0 (-1.1 to -0.9) |') in tuning_table(
                tmp_path, 'nuclei-detector')


def test_the_page_is_what_the_files_say():
    page = PAGE.read_text()
    for name, told in blocks(FIGURES).items():
        assert f'<!-- {name} -->\n{told}\n<!-- end of {name} -->' in page, (
            'python -m benchmarks.evidence tell')


def test_bases_are_rows():
    assert {*BASES} == {*ROWS}
    assert {*BASES.values()} <= {*ROWS, UNTRAINED}
