from __future__ import annotations

from dataclasses import replace

import pytest

from oadp_mm.journey.earlier import read_earlier, refuse_other_content, refuse_other_settings
from oadp_mm.journey.finetuning import plan
from oadp_mm.journey.lengths import Settings
from oadp_mm.journey.outcomes import write_outcomes
from tests.journey.test_outcomes import finish
from tests.journey.tiny_task import starts, task

ASKED = {'--data': 'nuclei', '--steps': '6', '--lr': ''}


@pytest.fixture
def finished(tmp_path):
    """A task of two starts, two numbers of labels and two seeds, all of it finished."""
    one = task(tmp_path, asked=ASKED)
    runs = plan(one, tmp_path)
    for run in runs:
        finish(run.stage, tmp_path, 0.3, 0.2)
    return one, write_outcomes(one, runs, tmp_path), tmp_path


def test_what_is_not_asked_for_again_stays(finished):
    one, content, work_dir = finished
    fewer = replace(one, starts=starts()[1:], labels=[2], seeds=1)
    after = write_outcomes(fewer, plan(fewer, work_dir), work_dir)
    for key in ('starts', 'models', 'runs', 'comparisons', 'asked', 'data'):
        assert after[key] == content[key]


def test_what_is_gone_does_not_stay(finished):
    one, content, work_dir = finished
    (work_dir / 'mask-rcnn-small/labels-all/seed1/a/stage.json').unlink()
    fewer = replace(one, labels=[2])
    after = write_outcomes(fewer, plan(fewer, work_dir), work_dir)
    assert after['runs'] == content['runs'][:6] + content['runs'][7:]


def test_the_same_and_more_are_not_refused(finished):
    one, content, work_dir = finished
    assert read_earlier(work_dir) == content
    refuse_other_settings(content, ASKED, work_dir)
    more = replace(one, seeds=3, labels=[2, 3, 'all'])
    refuse_other_content(content, one.data.digest, plan(more, work_dir), work_dir)


def test_other_settings_are_refused_by_name(finished):
    _, content, work_dir = finished
    with pytest.raises(ValueError, match=r'with --steps 6, no --lr, and with --steps 7, --lr 0.1 '
                                         'they would be others: give another --work-dir'):
        refuse_other_settings(content, {**ASKED, '--steps': '7', '--lr': '0.1'}, work_dir)
    refuse_other_settings({}, {**ASKED, '--steps': '7'}, work_dir)


def test_other_labels_weights_and_settings_are_refused(finished):
    one, content, work_dir = finished
    with pytest.raises(ValueError, match='with other labels or images: give another --work-dir'):
        refuse_other_content(content, 'another', [], work_dir)
    loaded, random = starts()
    for other in (replace(one, starts=[replace(loaded, key='another'), random]),
                  replace(one, settings={'mask-rcnn-small': Settings(steps=7)})):
        with pytest.raises(ValueError, match='such as mask-rcnn-small/labels-2/seed0/a'):
            refuse_other_content({}, one.data.digest, plan(other, work_dir), work_dir)
    stage = work_dir / 'mask-rcnn-small/labels-2/seed0/a/stage.json'
    stage.write_text('{"key": "another", "finished": false}')
    refuse_other_content({}, one.data.digest, plan(one, work_dir), work_dir)


@pytest.mark.parametrize('text', [
    '{', '[]', '{"kind": "finetune", "runs": []}', '{"runs": [{"model": "fcn"}]}',
    '{"asked": {}, "data": {}, "models": {}, "runs": [{"model": "fcn"}]}'])
def test_nothing_finished_is_nothing(text, tmp_path):
    assert read_earlier(tmp_path) == {}
    (tmp_path / 'finetune.json').write_text(text)
    assert read_earlier(tmp_path) == {}
