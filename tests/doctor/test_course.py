"""What moves of mmpretrain's models, and warm-ups of the host's own."""
from __future__ import annotations

import math

import pytest
from mmengine.model import ExponentialMovingAverage
from mmpretrain.models.utils import CosineEMA
from torch import nn

from oadp_mm.doctor.course import ema_decays, warm_up

SHARES = (0.0, 0.5, 1.0)


def holding(part: nn.Module) -> nn.Module:
    model = nn.Module()
    model.target = part
    return model


def test_a_target_of_mmpretrains_keeps_what_is_not_new():
    assert ema_decays(holding(CosineEMA(nn.Linear(1, 1), momentum=0.01)), SHARES) == (
        pytest.approx([0.99, 0.995, 1.0]))
    moco = ExponentialMovingAverage(nn.Linear(1, 1), momentum=0.001)
    assert ema_decays(holding(moco), SHARES) == pytest.approx([0.999] * 3)
    assert ema_decays(holding(nn.Linear(1, 1)), SHARES) is None


def test_a_target_of_ours_keeps_by_the_cosine():
    model = nn.Module()
    model.ema_decay, model.final_ema_decay = 0.9, 1.0
    assert ema_decays(model, (0.25,)) == pytest.approx([1 - 0.1 * (1 + math.cos(math.pi / 4)) / 2])


@pytest.mark.parametrize(('schedulers', 'share'), [
    (None, 0), (dict(type='MultiStepLR', milestones=[1]), 0),
    ([dict(type='oadp_mm.WarmUpLR', until=0.02, by_epoch=False)], 0.02),
    ([dict(type='LinearLR', end=500, by_epoch=False)], 0.25)])
def test_the_share_of_a_warm_up(schedulers, share):
    assert warm_up(schedulers, 2000) == share
