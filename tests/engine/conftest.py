"""The smallest real training: one linear layer, mmengine's Runner, a hook. And a hand-off."""
from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from mmengine.logging import MMLogger
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn

from oadp_mm.cli import main
from tests.engine.detector_parts import trained


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


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What reaches the log."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.fixture(scope='package')
def source() -> nn.ModuleDict:
    return trained()


@pytest.fixture(scope='package')
def training(tmp_path_factory, source) -> Path:
    """The checkpoint of `source`."""
    path = tmp_path_factory.mktemp('run') / 'epoch_100.pth'
    torch.save({'state_dict': source.state_dict(), 'meta': {
        'epoch': 100, 'cfg': "model = dict(type='oadp_mm.SoCo', backbone=dict(type='ResNet', "
                             "depth=18))"}}, path)
    return path


@pytest.fixture(scope='package')
def exported(training) -> Path:
    """Its file in parts."""
    out = training.with_name('parts.pth')
    assert main(['export', str(training), str(out), '--parts', 'backbone,neck,box_head']) == 0
    return out
