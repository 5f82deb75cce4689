"""Rates as shares of a training: those of the host's schedules written out for one length."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from mmengine.hooks import Hook
from mmengine.registry import PARAM_SCHEDULERS

from oadp_mm.engine import CosineLR, WarmUpLR

WARM, FALL = {'type': 'oadp_mm.WarmUpLR'}, {'type': 'oadp_mm.CosineLR'}


class Rates(Hook):
    def __init__(self):
        self.seen = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.seen.append(runner.optim_wrapper.get_lr()['lr'][0])


def rates(schedule, epochs, line, make_runner):
    hook = Rates()
    make_runner(line, [hook], param_scheduler=schedule,
                train_cfg={'by_epoch': True, 'max_epochs': epochs}).train()
    return hook.seen


@pytest.mark.parametrize(('epochs', 'warm'), [(10, 2), (20, 4), (5, 1)])
def test_they_follow_whatever_length_the_run_has(epochs, warm, line, make_runner):
    shares = [{**WARM, 'until': 0.2, 'start_factor': 1e-3, 'by_epoch': False},
              {**FALL, 'after': 0.2, 'eta_min': 1e-4, 'by_epoch': False}]
    written = [
        {'type': 'LinearLR', 'start_factor': 1e-3, 'end': warm, 'convert_to_iter_based': True},
        {'type': 'CosineAnnealingLR', 'eta_min': 1e-4, 'begin': warm, 'end': epochs,
         'T_max': epochs - warm, 'convert_to_iter_based': True}]
    assert rates(shares, epochs, line, make_runner) == pytest.approx(
        rates(written, epochs, line, make_runner), rel=1e-9)


@pytest.mark.parametrize('epochs', [5, 10])
def test_a_whole_cosine_began_with_the_training(epochs, line, make_runner):
    """timm's, written out: a tenth of the way down where the warm-up ends (8 iterations an epoch).
    """
    seen = rates([{**WARM, 'until': 0.2, 'start_factor': 1e-3, 'by_epoch': False},
                  {**FALL, 'after': 0.2, 'eta_min': 1e-4, 'whole': True, 'by_epoch': False}],
                 epochs, line, make_runner)
    steps = np.arange(8 * epochs)
    expected = 1e-4 + (0.01 - 1e-4) * (1 + np.cos(np.pi * steps / steps.size)) / 2
    start = round(0.2 * steps.size)
    assert seen[start:] == pytest.approx(expected[start:], rel=1e-12)
    assert seen[start - 1] == pytest.approx(0.01)
    assert seen[start] < 0.0905 + 1e-4


def test_a_warm_up_of_less_than_two_iterations_is_none(line, make_runner):
    """One iteration at the least rate would leave the whole cosine there."""
    seen = rates([{**WARM, 'until': 1 / 8, 'start_factor': 1e-4, 'by_epoch': False},
                  {**FALL, 'after': 1 / 8, 'by_epoch': False}], 1, line, make_runner)
    alone = rates([{'type': 'CosineAnnealingLR', 'by_epoch': False}], 1, line, make_runner)
    assert seen == pytest.approx(alone)
    assert seen[0] == 0.01


def test_they_are_built_by_the_host_s_registry():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    for config, kind in (({**WARM, 'until': 0.5}, WarmUpLR),
                         ({**FALL, 'after': 0.5}, CosineLR)):
        built = PARAM_SCHEDULERS.build({**config, 'by_epoch': False, 'end': 100},
                                       default_args={'optimizer': optimizer, 'epoch_length': 10})
        assert type(built) is kind


@pytest.mark.parametrize(('options', 'message'), [
    ({'by_epoch': False, 'until': 4}, r'until is a share of the training in \[0, 1\), got 4'),
    ({'until': 0.1}, 'until is a share of the iterations: set by_epoch=False, too'),
    ({'by_epoch': False, 'until': 0.1, 'end': 0}, 'the training has 0 iterations: set train_cfg'),
])
def test_what_is_no_share_is_refused(options, message):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    with pytest.raises(ValueError, match=message):
        WarmUpLR(optimizer, **{'end': 100, **options})
