"""What the hosts' own runs write can be read safely, exported and resumed."""
from __future__ import annotations

import logging

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import Runner
from torch import nn
from torch.utils.data import Dataset

from oadp_mm.cli import main
from oadp_mm.files.checkpoint import read_checkpoint


class Images(Dataset):
    metainfo = {'classes': ('cat', 'dog'), 'palette': [(1, 2, 3)], 'areas': np.ones(3)}

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> dict:
        return {'inputs': torch.full((3, 4, 4), float(index))}


class Model(BaseModel):
    def __init__(self, backbone: dict) -> None:
        super().__init__()
        self.backbone = nn.Conv2d(3, backbone['channels'], 1)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        features = self.backbone(torch.stack(inputs))
        return {'loss': features.square().mean()} if mode == 'loss' else [features]


class Score(BaseMetric):
    default_prefix = 'test'

    def process(self, data_batch, data_samples) -> None:
        self.results.append(0)

    def compute_metrics(self, results) -> dict:
        return {'score': np.float32(0.5), 'rank': np.int64(3)}


@pytest.fixture(autouse=True)
def types():
    registries = {Model: MODELS, Score: METRICS, Images: DATASETS}
    for cls, registry in registries.items():
        registry.register_module(f'Run{cls.__name__}', module=cls)
    yield
    for cls, registry in registries.items():
        registry.module_dict.pop(f'Run{cls.__name__}')


def _train(work_dir, host: str, by_epoch: bool, length: int, resume: bool = False) -> Runner:
    loader = {'dataset': {'type': 'mmengine.RunImages'}, 'batch_size': 2, 'num_workers': 0,
              'collate_fn': {'type': 'pseudo_collate'}}
    sampler = 'DefaultSampler' if by_epoch else 'InfiniteSampler'
    runner = Runner.from_cfg(Config({
        'model': {'type': 'mmengine.RunModel',
                  'backbone': {'type': 'Conv', 'channels': 2}},
        'work_dir': str(work_dir), 'default_scope': host, 'resume': resume,
        'experiment_name': f'{work_dir.name}-{resume}',
        'train_dataloader': {**loader, 'sampler': {'type': sampler, 'shuffle': True}},
        'val_dataloader': {**loader, 'sampler': {'type': 'DefaultSampler', 'shuffle': False}},
        'val_cfg': {}, 'val_evaluator': {'type': 'mmengine.RunScore'},
        'train_cfg': ({'by_epoch': True, 'max_epochs': length} if by_epoch else
                      {'by_epoch': False, 'max_iters': length, 'val_interval': 1}),
        'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}},
        'param_scheduler': [{'type': 'LinearLR', 'start_factor': 0.1, 'by_epoch': by_epoch}],
        'default_hooks': {
            'logger': {'type': 'LoggerHook', 'interval': 1},
            'checkpoint': {'type': 'CheckpointHook', 'interval': 1, 'by_epoch': by_epoch,
                           'save_best': 'test/score', 'rule': 'greater'}}}))
    runner.train()
    return runner


@pytest.mark.parametrize('by_epoch', [True, False])
@pytest.mark.parametrize('host', ['mmpretrain', 'mmdet', 'mmseg'])
def test_a_run_is_read_exported_and_resumed(tmp_path, host, by_epoch):
    runner = _train(tmp_path, host, by_epoch, length=2)
    path = tmp_path / f'{"epoch" if by_epoch else "iter"}_2.pth'
    # The file does hold objects that torch alone refuses.
    assert torch.serialization.get_unsafe_globals_in_checkpoint(path)
    best, = tmp_path.glob('best_*.pth')  # it remembers the score, a number of numpy's
    for file in (path, best):
        tensors = read_checkpoint(file).tensors
        assert tensors.keys() == {'backbone.weight', 'backbone.bias'}
    assert torch.equal(read_checkpoint(path).tensors['backbone.weight'],
                       runner.model.backbone.weight)

    assert main(['export', str(path), str(tmp_path / 'x.pth')]) == 0
    meta = torch.load(tmp_path / 'x.pth', weights_only=True)['meta']
    assert meta['method'] == 'mmengine.RunModel'
    assert meta['architecture'] == '{"channels": 2, "type": "Conv"}'
    assert (meta['epoch'], meta['iter']) == (('2', '4') if by_epoch else ('0', '2'))

    warnings: list[str] = []
    handler = logging.Handler(level=logging.WARNING)
    handler.emit = lambda record: warnings.append(record.getMessage())
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    resumed = _train(tmp_path, host, by_epoch, length=3, resume=True)
    assert (resumed.epoch, resumed.iter) == ((3, 6) if by_epoch else (0, 3))
    assert not [line for line in warnings if 'weights_only=False' in line]
