from __future__ import annotations

import json

import pytest

from oadp_mm.comparison.report import as_json, as_markdown
from tests.comparison.outcomes import OUTCOMES

SETTINGS = {'train': 4, 'test': 2, 'classes': 2, 'epochs': 1, 'batch': 2, 'size': 32}


def test_failed_runs_are_named():
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
