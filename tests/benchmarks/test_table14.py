from __future__ import annotations

import pytest
import torch
from mmengine.config import Config
from mmengine.logging import MessageHub
from mmengine.registry import DefaultScope
from mmpretrain.registry import MODELS

from benchmarks.step import Step, noise
from benchmarks.table14 import CONFIGS, ROOT, measure, on

COUNT, SIDE = 3, 32


@pytest.fixture(autouse=True)
def host():
    hub = MessageHub.get_current_instance()
    hub.update_info('max_iters', 10)  # CosineEMA reads it
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        yield
    hub.pop_info('max_iters')


def test_multiply_adds_are_those_of_the_layers():
    views, _ = noise(COUNT, SIDE, 'cpu')
    models = {name: on('resnet18', Config.fromfile(ROOT / f'configs/{CONFIGS[name]}.py').model)
              for name in ('SimCLR', 'BYOL')}
    torch.manual_seed(0)
    steps = {name: Step(MODELS.build(model), {'inputs': views, 'data_samples': None}, 'cpu', None)
             for name, model in models.items()}
    figures = measure(steps, 1, views[0][:1])
    # A ResNet-18 of one cell: 7x7 of the stem at 16x16, then stages of 8, 4, 2 and 1 cells a side,
    # each but the first with a half of its first convolution and a projection of stride 2.
    stem = 16 * 16 * 49 * 3 * 64
    first = 8 * 8 * 4 * 9 * 64 * 64
    others = sum(side ** 2 * (3.5 * 9 * width ** 2 + width ** 2 / 2)
                 for side, width in ((4, 128), (2, 256), (1, 512)))
    backbone = stem + first + others
    projector = 512 * 2048 + 2048 * 128
    similarities = (2 * COUNT) ** 2 * 128 / COUNT  # of all views with all
    assert figures['SimCLR'][5] == figures['BYOL'][5] == pytest.approx(backbone / 1e9)
    assert figures['SimCLR'][0] == pytest.approx(
        (2 * (backbone + projector) + similarities) / 1e9)
    byol = 4 * (backbone + 512 * 4096 + 4096 * 256) + 2 * (2 * 256 * 4096)
    assert figures['BYOL'][0] == pytest.approx(byol / 1e9)
    # Backward twice of what has a gradient, but the images; similarities are of two factors.
    assert figures['SimCLR'][1] == pytest.approx(
        (3 * (2 * (backbone + projector) + similarities) - 2 * stem) / 1e9)
    assert all(value > 0 for row in figures.values() for value in row)
