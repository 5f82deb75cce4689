from __future__ import annotations

import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import MODELS
from torch import nn

from oadp_mm.engine import Runner
from oadp_mm.engine.random_start import randomly_started

HOOKS = [{'type': 'oadp_mm.SeedHook'}, {'type': 'oadp_mm.HandoffCheckHook'}]


def start(checkpoint: str, **others) -> dict:
    return {'init_cfg': {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': checkpoint, **others}}


def test_modules_of_no_file_lose_their_start_wherever_they_are():
    config = Config({'model': {
        'backbone': {'depth': 50, **start('random')},
        'neck': [{'type': 'A'}, {'type': 'B', **start('random', prefix='neck.')}],
        'head': {'init_cfg': {'type': 'Normal', 'std': 0.01}}}, 'custom_hooks': HOOKS})
    before = config.to_dict()
    found, places = randomly_started(config)
    assert places == ['model.backbone', 'model.neck.1']
    assert found.to_dict() == {'model': {
        'backbone': {'depth': 50}, 'neck': [{'type': 'A'}, {'type': 'B'}],
        'head': {'init_cfg': {'type': 'Normal', 'std': 0.01}}}, 'custom_hooks': HOOKS[:1]}
    assert config.to_dict() == before


@pytest.mark.parametrize('model', [
    {'backbone': start('./random')},  # a file of this name
    {'backbone': {'init_cfg': {'type': 'Pretrained', 'checkpoint': 'random'}}},
    {'backbone': {'init_cfg': None}},
])
def test_others_stay_as_they_are(model):
    config = Config({'model': model, 'custom_hooks': HOOKS})
    found, places = randomly_started(config)
    assert (found.to_dict(), places) == (config.to_dict(), [])


def test_what_is_still_handed_over_is_still_checked():
    config = Config({'model': {'backbone': start('random'), 'neck': start('a.pth')},
                     'custom_hooks': HOOKS})
    found, places = randomly_started(config)
    assert places == ['model.backbone']
    assert list(found.custom_hooks) == HOOKS


@MODELS.register_module(force=True)
class HandedLine(BaseModel):
    """Learns one weight."""

    def __init__(self, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.weight = nn.Linear(1, 1, bias=False)

    def forward(self, inputs, mode='loss'):
        return {'loss': self.weight(inputs).square().mean()}


def test_a_run_trains_from_random_weights_and_says_so(tmp_path):
    runner = Runner.from_cfg(Config({
        'model': {'type': 'HandedLine', **start('random')}, 'custom_hooks': HOOKS,
        'work_dir': str(tmp_path), 'default_scope': 'mmengine', 'experiment_name': tmp_path.name,
        'train_dataloader': {
            'dataset': [{'inputs': torch.ones(1)}] * 2, 'batch_size': 1, 'num_workers': 0,
            'sampler': {'type': 'DefaultSampler', 'shuffle': False},
            'collate_fn': {'type': 'default_collate'}},
        'train_cfg': {'by_epoch': True, 'max_epochs': 1},
        'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.01}}}))
    runner.train()
    assert runner.epoch == 1
    [log] = tmp_path.glob('*/*.log')
    assert 'random weights, as asked for: model\n' in log.read_text()
