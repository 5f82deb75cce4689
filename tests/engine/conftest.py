"""The smallest real training: one linear layer, mmengine's Runner, a hook under test."""
from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn


class Line(BaseModel):
    """Learns one weight, and writes down when after_step was called."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Linear(1, 1, bias=False)
        self.steps = []

    def forward(self, inputs, mode='loss', **meta):
        if mode == 'predict':
            return [{}] * len(inputs)
        return {'loss': (self.weight(inputs.float().reshape(len(inputs), -1)[:, :1]) ** 2).mean()}

    def after_step(self, progress):
        self.steps.append(progress)


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def make_runner(tmp_path) -> Callable[..., Runner]:
    """Build a runner around a model; keyword arguments replace those of Runner, `cls` itself."""

    def make(model, hooks, data=None, **changed):
        if data is None:
            data = [{'inputs': torch.ones(1)}] * 8
        loader = {'dataset': data, 'batch_size': 1, 'num_workers': 0,
                  'collate_fn': {'type': 'default_collate'},
                  'sampler': {'type': 'DefaultSampler', 'shuffle': False}}
        loader.update(changed.pop('loader', {}))
        return changed.pop('cls', Runner)(**{
            'model': model, 'work_dir': str(tmp_path / 'work'), 'train_dataloader': loader,
            'train_cfg': {'by_epoch': True, 'max_epochs': 1},
            'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.01}},
            'custom_hooks': hooks, 'default_scope': 'mmengine', 'experiment_name': tmp_path.name,
            'default_hooks': {'checkpoint': {'type': 'CheckpointHook', 'interval': 1}},
            'randomness': {'seed': 0}, **changed})

    return make
