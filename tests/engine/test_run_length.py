from __future__ import annotations

import pytest

from oadp_mm.engine.run_length import check_same_length, saved_length

LENGTH = {'images': 80, 'images an optimizer step': 16, 'iterations an epoch': 10,
          'iterations in all': 40}


@pytest.mark.parametrize('now', [
    LENGTH,
    {**LENGTH, 'images': 81},  # the rest of an epoch is left out
    {'images': 80, 'images an optimizer step': 16},  # a run in iterations
])
def test_what_disturbs_no_schedule_passes(now):
    check_same_length(LENGTH, now)
    check_same_length({}, now)


@pytest.mark.parametrize(('changed', 'told'), [
    ({'images': 40, 'iterations an epoch': 5, 'iterations in all': 20},
     '80 images then and 40 now, 10 iterations an epoch then and 5 now, 40 iterations in all then'),
    ({'images an optimizer step': 8}, '16 images an optimizer step then and 8 now'),
    ({'iterations in all': 80}, '40 iterations in all then and 80 now'),
])
def test_what_disturbs_one_is_refused(changed, told):
    with pytest.raises(ValueError, match=f'counts otherwise .*{told}.*restore what it had'):
        check_same_length(LENGTH, {**LENGTH, **changed})


@pytest.mark.parametrize(('meta', 'expected'), [
    ({'run_length': LENGTH, 'epoch': 3, 'iter': 99}, LENGTH),
    ({'epoch': 3, 'iter': 30}, {'iterations an epoch': 10}),  # another runner's
    ({'epoch': 0, 'iter': 30}, {}),  # in iterations
    ({'epoch': 3, 'iter': 31}, {}),  # in the middle of an epoch
    ({'cfg': "train_dataloader = dict(batch_size=8)\noptim_wrapper = dict(accumulative_counts=4)"},
     {'images an optimizer step': 32}),
    ({'cfg': "train_dataloader = dict(batch_size=8)\nlauncher = 'pytorch'"}, {}),  # how many?
    ({}, {}),
])
def test_a_checkpoint_tells_what_it_can(meta, expected):
    assert saved_length(meta) == expected
