from __future__ import annotations

from oadp_mm.journey.comparison_figures import (
    Outcome,
    cost,
    failed_runs,
    figures_table,
    main_figures,
)
from tests.journey.made_runs import write_training

NN, R2 = 'image 20-NN %', 'dense R2 x'
#: What runs of four methods gave: all, all, one and none of them finished.
OUTCOMES = [
    *(Outcome('random', seed, figures={NN: 10.}) for seed in range(3)),
    Outcome('oadp', 0, False, {NN: 10., R2: .5}, 1., 100.),
    Outcome('oadp', 1, False, {NN: 14., R2: .5}, 9., 300.),
    Outcome('oadp', 2, False, {NN: 18.}, 2., 200.),
    Outcome('byol', 0, False, {NN: 33., R2: .25}, .5, 90.), Outcome('byol', 1, True),
    Outcome('moco', 0, True),
]


def test_figures_are_means_with_the_deviation_of_a_sample():
    """10, 14, 18: mean 14, variance (16 + 0 + 16) / 2 = 16; the median second, the most memory."""
    table = figures_table(OUTCOMES)
    assert table.header == ['method', NN, R2, 's a step', 'peak MB', 'seeds']
    assert table.rows == [
        ['random', '10.0 ± 0.0', '-', '-', '-', '3'],
        ['oadp', '14.0 ± 4.0', '0.50 ± 0.00', '2.00', '300', '3'],
        ['byol', '33.0', '0.25', '0.50', '90', '1 of 2'],
        ['moco', '-', '-', '-', '-', '0 of 1'],
    ]


def test_failed_runs_are_named():
    assert failed_runs(OUTCOMES) == ['byol, seed 1', 'moco, seed 0']


def test_an_outcome_is_read_as_it_was_written():
    for outcome in OUTCOMES:
        assert Outcome.read(outcome.as_dict()) == outcome


def test_the_main_figures_of_each_family_are_taken():
    def of(name, unit='%', detail=False):
        return {'name': name, 'unit': unit, 'value': 1., 'detail': detail}

    assert list(main_figures({'figures': {
        'image': [of('20-NN'), of('guess'), of('linear')],
        'region': [of('20-NN'), of('small'), of('mAP'), of('mAP', detail=True)],
        'dense': [of('R2 a', ''), of('clusters')]}})) == [
            'image 20-NN %', 'image linear %', 'region 20-NN %', 'region mAP %', 'dense R2 a']


def test_a_step_costs_the_median_of_the_log_without_its_start(tmp_path):
    write_training(tmp_path, {}, [
        {'lr': 1, 'step': step, 'time': seconds, 'memory': memory}
        for step, (seconds, memory) in enumerate([(9., 10.), (1., 30.), (2., 20.), (4., 20.)])])
    assert cost(tmp_path) == (2., 30.)
    write_training(tmp_path / 'one', {}, [{'lr': 1, 'step': 1, 'time': 9.}])
    assert cost(tmp_path / 'one') == (9., None)
    assert cost(tmp_path / 'none') == (None, None)
