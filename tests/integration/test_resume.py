"""A pretraining that was stopped and resumed ends with the weights of one that was not."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import nn

from oadp_mm.models import RegionCL
from tests.models import tiny, tiny_pairs

EPOCHS = 2
#: 16 images go around it and end elsewhere than the 8 of the first epoch.
QUEUE = 5


class StopAfterFirstEpoch(Hook):
    priority = 'LOWEST'  # after the checkpoint is written

    def after_train_epoch(self, runner: Runner) -> None:
        if runner.epoch == 0:
            raise KeyboardInterrupt


class SeedEachEpoch(Hook):
    """The host saves no state of the generators, from which RegionCL draws its regions."""

    def before_train_epoch(self, runner: Runner) -> None:
        torch.manual_seed(runner.epoch)


def regioncl() -> RegionCL:
    head = {**tiny_pairs.MOCO, 'queue_length': QUEUE}
    return tiny_pairs.regioncl(backbone=tiny_pairs.RESNET, head=head).float()


def pretrain(build: Callable[[], nn.Module], work_dir: Path, *, stop: bool = False,
             resume: bool = False) -> dict:
    """Weights and buffers after two epochs of 4 batches; every 2 batches make a step."""
    generator = torch.Generator().manual_seed(0)
    data = [{'inputs': [torch.randint(0, 256, (3, tiny.SIDE, tiny.SIDE), dtype=torch.uint8,
                                      generator=generator) for _ in range(2)],
             'data_samples': 0} for _ in range(8)]
    runner = Runner(
        model=build(), work_dir=str(work_dir), default_scope='mmpretrain', resume=resume,
        experiment_name=f'{work_dir.name}-{stop}-{resume}',
        train_dataloader={
            'dataset': data, 'batch_size': 2, 'num_workers': 0,
            'collate_fn': {'type': 'default_collate'},
            'sampler': {'type': 'DefaultSampler', 'shuffle': False}},
        train_cfg={'by_epoch': True, 'max_epochs': EPOCHS},
        optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.05, 'momentum': 0.9},
                       'accumulative_counts': 2},
        param_scheduler=[{'type': 'CosineAnnealingLR', 'T_max': EPOCHS,
                          'convert_to_iter_based': True}],
        custom_hooks=[{'type': 'oadp_mm.AfterStepHook'}, SeedEachEpoch(),
                      *([StopAfterFirstEpoch()] * stop)],
        default_hooks={'checkpoint': {'type': 'CheckpointHook', 'interval': 1}},
        randomness={'seed': 0})
    runner.train()
    return runner.model.state_dict()


@pytest.mark.parametrize('build', [tiny.build, regioncl], ids=['oadp', 'regioncl'])
def test_online_target_and_momentum_go_on_where_they_stopped(build, tmp_path):
    start = build().state_dict()
    whole = pretrain(build, tmp_path / 'whole')
    with pytest.raises(KeyboardInterrupt):
        pretrain(build, tmp_path / 'stopped', stop=True)
    resumed = pretrain(build, tmp_path / 'stopped', resume=True)
    assert whole.keys() == resumed.keys()
    for name, tensor in whole.items():
        assert torch.equal(tensor, resumed[name]), name
    # A target that started again from the online weights would be equal to them.
    assert not torch.equal(whole['target.module.conv1.weight'], whole['backbone.conv1.weight'])
    if build is regioncl:
        assert whole['head.queues.0.pointer'] == 16 % QUEUE != 8 % QUEUE
        rows = whole['head.queues.0.rows'], start['head.queues.0.rows']
        assert not any(torch.equal(*pair) for pair in zip(*rows, strict=True))
