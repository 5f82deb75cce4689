"""What a trial's words come to: each finding of a training, well and not."""
from __future__ import annotations

import pytest

from oadp_mm.doctor.training import duration, schedule_table, training_findings
from oadp_mm.doctor.trying import Tried

G = 1 << 30
LENGTH = dict(images=128, iterations=800, epochs=200, batches=8, batch=32, few='')
STEP = dict(seconds=0.5, loading=1.0, memory=G, gpu=False, batch_bytes=1, finite=True)


def findings(end='done', length=LENGTH, step=STEP, last='', have=10 * G, workers=4, **more) -> dict:
    told = {**more, 'workers': dict(number=workers)}
    told |= {'length': length} if length else {}
    told |= {'step': step} if step else {}
    return {each.topic: each for each in training_findings(Tried(end, told, last), have, 60)}


def test_a_healthy_training():
    found = findings(layout=dict(side=224, sentence='views of 224 px'))
    assert {each.mark for each in found.values()} == {'ok'}
    assert found['length'].sentence == (
        '128 images, 800 iterations of 32 in 200 epochs = 100 optimizer steps')
    assert found['views'].sentence == 'views of 224 px'
    # Four workers need a quarter of a second for the images: the step decides, 800 times.
    assert found['time'].sentence.endswith('about 7 minutes in all')


def test_few_steps_are_noted_in_the_hooks_words():
    found = findings(length=dict(LENGTH, few='type more'))['length']
    assert found.mark == 'note' and found.sentence.endswith('; type more')


@pytest.mark.parametrize(('gpu', 'workers', 'mark', 'seconds'), [
    (True, 1, 'note', 800), (True, 2, 'ok', 400), (False, 1, 'ok', 800), (False, 0, 'ok', 1200)])
def test_a_gpu_that_waits_for_images_is_noted(gpu, workers, mark, seconds):
    found = findings(step=dict(STEP, gpu=gpu), workers=workers)['time']
    assert found.mark == mark and duration(seconds) in found.sentence
    assert ('num_workers=2' in found.sentence) == (mark == 'note')


def test_memory_that_is_close_is_noted_with_half_the_batch():
    assert findings(have=int(G / 0.69))['memory'].mark == 'ok'
    found = findings(have=int(G / 0.71))['memory']
    assert found.mark == 'note' and 'train_dataloader.batch_size=16' in found.sentence


def test_a_loss_that_is_not_finite_is_a_problem():
    assert findings(step=dict(STEP, finite=False))['loss'].mark == 'problem'


@pytest.mark.parametrize(('end', 'last', 'topic', 'mark', 'words'), [
    ('time', '', 'time', 'note', 'no step ended within 60 s: type --limit 180'),
    ('memory', '', 'memory', 'problem', 'train_dataloader.batch_size=16'),
    ('killed', '', 'memory', 'problem', 'train_dataloader.batch_size=16'),
    ('refused', 'CUDA out of memory', 'memory', 'problem', 'train_dataloader.batch_size=16'),
    ('refused', 'no such thing', 'training', 'problem', 'would not begin: no such thing')])
def test_each_end_before_a_step_is_told(end, last, topic, mark, words):
    found = findings(end, step=None, last=last)[topic]
    assert found.mark == mark and words in found.sentence


def test_what_the_training_itself_said_goes_before_its_last_line():
    found = findings('refused', length=None, step=None, last='Traceback',
                     error=dict(sentence='no images: set OADP_IMAGES'))
    assert found['training'].sentence == 'it would not begin: no images: set OADP_IMAGES'


def test_a_step_is_enough_whatever_ended_it_then():
    assert {each.mark for each in findings('time').values()} == {'ok'}


def test_the_table_of_the_schedule_has_the_share_of_the_warm_up():
    table = schedule_table({'rows': {'learning rate': list('abcd')}, 'warm_up': 0.2})
    assert list(table.header) == ['of the training', '0%', '10%', '50%', '100%']
    assert table.rows == [['learning rate', *'abcd'], ['warm-up', '0%', '50%', '100%', '100%']]
    assert len(schedule_table({'rows': {'x': list('abcd')}, 'warm_up': 0.0}).rows) == 1


def test_durations():
    assert duration(1.4) == 'about 1 second' and duration(119) == 'about 119 seconds'
    assert duration(7200) == 'about 2 hours' and duration(3 * 86400) == 'about 3 days'
