from __future__ import annotations

import re
from dataclasses import replace

import pytest

from oadp_mm.journey.asked import Asked
from oadp_mm.journey.images import look_at
from oadp_mm.journey.plan_table import FEW, plan_lines
from oadp_mm.journey.pretraining import plan_pretraining

ASKED = Asked('nuclei', backbone='resnet18', width=4, epochs=5, size=96, batch=64)
ITERATIONS = 544 // 64


@pytest.fixture(scope='module')
def images():
    return look_at('nuclei')


@pytest.mark.parametrize('batches', [1, 3, 7])
def test_as_many_epochs_as_are_advised_are_enough_and_no_more(images, batches):
    def plan(epochs: int):
        asked = replace(ASKED, epochs=epochs)
        planned = plan_pretraining(asked, images.number,
                                   {'optim_wrapper.accumulative_counts': batches}, 0)
        return planned.steps, '\n'.join(plan_lines(asked, images, planned, 'little'))

    [epochs] = re.findall(r'few to learn from, which --epochs (\d+) would make', plan(5)[1])
    steps, lines = plan(int(epochs))
    assert steps >= FEW > (int(epochs) - 1) * ITERATIONS // batches  # whole steps
    assert 'too few' not in lines
