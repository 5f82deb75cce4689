from __future__ import annotations

import json

import pytest

from oadp_mm.comparison.figures import (
    Outcome,
    as_json,
    as_markdown,
    failed_runs,
    figures_table,
    markdown_table,
)
from oadp_mm.reports.page import Table

SETTINGS = {'train': 4, 'test': 2, 'classes': 2, 'epochs': 1, 'batch': 2, 'size': 32}
OUTCOMES = {
    'random': {0: Outcome(10., 20.), 1: Outcome(10., 20.), 2: Outcome(10., 20.)},
    'oadp': {0: Outcome(10., 50., 1., .1, 100., 6), 1: Outcome(14., 50., 9., .1, 300., 6),
             2: Outcome(18., 50., 2., .1, 200., 6)},
    'byol': {0: Outcome(33., 44., .5, .1, 90., 6), 1: None, 2: None},
    'moco': {0: None, 1: None, 2: None},
}


def test_figures_are_means_with_the_deviation_of_a_sample():
    """10, 14, 18: mean 14, variance (16 + 0 + 16) / 2 = 16; the median second, the most memory."""
    assert figures_table(OUTCOMES).rows == [
        ['random', '10.0 ± 0.0', '20.0 ± 0.0', '-', '-', '3'],
        ['oadp', '14.0 ± 4.0', '50.0 ± 0.0', '2.00', '300', '3'],
        ['byol', '33.0', '44.0', '0.50', '90', '1 of 3'],
        ['moco', 'failed', 'failed', '-', '-', '0 of 3'],
    ]


def test_failed_runs_are_named():
    assert failed_runs(OUTCOMES) == ['byol, seed 1', 'byol, seed 2', 'moco, seed 0',
                                     'moco, seed 1', 'moco, seed 2']
    assert 'byol, seed 1; byol, seed 2; moco, seed 0' in as_markdown(OUTCOMES, SETTINGS, 'c')
    assert 'Failed' not in as_markdown({'random': OUTCOMES['random']}, SETTINGS, 'c')


def test_json_holds_every_run_and_what_repeats_it():
    content = json.loads(json.dumps(as_json(OUTCOMES, SETTINGS, 'oadp-mm compare')))
    assert (content['command'], content['settings']) == ('oadp-mm compare', SETTINGS)
    assert {'torch', 'system', 'processor'} <= content['machine'].keys()
    assert len(content['runs']) == 12
    run = next(run for run in content['runs'] if (run['method'], run['seed']) == ('oadp', 2))
    assert (run['knn'], run['seconds_per_step'], run['failed']) == (18, 2, False)
    assert sum(run['failed'] for run in content['runs']) == 5


@pytest.mark.parametrize(('epochs', 'words'), [(1, 'for 1 epoch in'), (3, 'for 3 epochs in')])
def test_the_page_says_what_was_done(epochs, words):
    page = as_markdown(OUTCOMES, {**SETTINGS, 'epochs': epochs}, 'oadp-mm compare --seeds 3')
    for piece in (words, '4 train images', '2 test images of 2 classes', 'oadp-mm compare --seeds',
                  '| oadp | 14.0 ± 4.0 |', '| torch |'):
        assert piece in page


def test_figures_stand_right_and_words_left():
    assert markdown_table(Table(['a', 'b'], [['x', '1']])) == '| a | b |\n| --- | ---: |\n| x | 1 |'
    assert '---:' not in markdown_table(Table(['a', 'b'], [['x', 'y']], prose=True))
