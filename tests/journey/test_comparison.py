from __future__ import annotations

import json
from pathlib import Path

import pytest

from oadp_mm.journey.comparing import Run
from oadp_mm.journey.comparison import protocol, read_outcomes, uncounted, write_comparison
from oadp_mm.stages.stage import Stage
from tests.journey.made_runs import write_probe
from tests.journey.test_comparison_figures import OUTCOMES

SETTINGS = {'data': 'photos', 'train': 4, 'test': 2, 'methods': 'oadp,byol',
            'backbone': 'resnet18', 'epochs': 1, 'batch': 2, 'size': 32, 'augment': 'mild'}


def finished(work_dir: Path, name: str, done: bool = True) -> Stage:
    (work_dir / name).mkdir(parents=True)
    (work_dir / name / 'stage.json').write_text(json.dumps({'key': 'k', 'finished': done}))
    return Stage(name, name, (), 1, 'k')


def test_json_holds_every_run_and_what_repeats_it(tmp_path):
    write_comparison(tmp_path, OUTCOMES, SETTINGS, 'oadp-mm compare')
    content = json.loads((tmp_path / 'comparison.json').read_text())
    assert (content['kind'], content['command']) == ('comparison', 'oadp-mm compare')
    assert content['settings'] == SETTINGS
    assert {'torch', 'system', 'processor'} <= content['machine'].keys()
    assert [run['seed'] for run in content['runs'] if run['method'] == 'oadp'] == [0, 1, 2]
    assert content['failed'] == ['byol, seed 1', 'moco, seed 0']


@pytest.mark.parametrize(('epochs', 'words'), [(1, 'for 1 epoch in'), (3, 'for 3 epochs in')])
def test_the_page_says_what_was_done(tmp_path, epochs, words):
    page, _ = write_comparison(tmp_path, OUTCOMES, {**SETTINGS, 'epochs': epochs}, 'the command')
    text = page.read_text()
    for piece in (words, '4 train images of photos', '2 test images', 'mildly augmented alike',
                  'the command', '| oadp | 14.0 ± 4.0 |', '| torch |',
                  'Failed, and not in the means: byol, seed 1; moco, seed 0.'):
        assert piece in text


@pytest.mark.parametrize(('methods', 'beginning'), [
    ('oadp, orl', 'orl learns from regions'), ('scd-orl,orl', 'scd-orl and orl learn from regions'),
    ('byol,orl-stage1', None)])
def test_the_first_stage_of_orl_is_said_not_to_count(methods, beginning):
    found = uncounted(methods)
    assert bool(found) is bool(beginning)
    assert all(each.startswith(beginning) and each.endswith('is not counted.') for each in found)
    told = protocol({**SETTINGS, 'methods': methods})
    assert [each for each in told if 'is not counted' in each] == found


def test_runs_are_joined_with_what_the_probe_found(tmp_path):
    """The floor of each seed first; a run that is not finished has failed."""
    runs = [Run('oadp', 0, finished(tmp_path, 'oadp/seed0')),
            Run('byol', 0, finished(tmp_path, 'byol/seed0', done=False))]
    write_probe(tmp_path / 'features', {str(tmp_path / 'oadp/seed0'): [], 'random:1': []})
    told = json.loads((tmp_path / 'features/probe.json').read_text())
    for one, value in zip(told['probed'], (60., 50.), strict=True):
        one['figures'] = {'region': [{'name': 'mAP', 'unit': '%', 'value': value, 'detail': False}]}
    (tmp_path / 'features/probe.json').write_text(json.dumps(told))
    found = read_outcomes(runs, finished(tmp_path, 'probe'), tmp_path)
    assert [(one.method, one.seed, one.failed, one.figures) for one in found] == [
        ('random', 1, False, {'region mAP %': 50.}), ('oadp', 0, False, {'region mAP %': 60.}),
        ('byol', 0, True, {})]
    assert [one.figures for one in read_outcomes(runs, None, tmp_path)] == [{}, {}]
