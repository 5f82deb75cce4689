"""A pretraining that was stopped and resumed ends with the weights of one that was not.

With every augmentation on, and with any number of data workers.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from torch import nn

from oadp_mm.engine import Runner
from oadp_mm.models import ViewsDataPreprocessor
from oadp_mm.models.view_pairs import BOTH_WAYS
from tests.conftest import ROOT
from tests.datasets.correspondence_files import correspondence_file
from tests.models import tiny, tiny_boxes, tiny_branches, tiny_pairs

EPOCHS, STOP = 4, 2
#: 32 images go around it and end elsewhere than the 16 of the first two epochs.
QUEUE = 5
HOOKS = ('SeedHook', 'AfterStepHook', 'CropScheduleHook')


class StopAfterAnEpoch(Hook):
    priority = 'LOWEST'  # after the checkpoint is written

    def after_train_epoch(self, runner: Runner) -> None:
        if runner.epoch + 1 == STOP:
            raise KeyboardInterrupt


def oadp() -> nn.Module:
    return tiny.build()


def regioncl() -> nn.Module:
    head = {**tiny_pairs.MOCO, 'queue_length': QUEUE}
    return tiny_pairs.regioncl(backbone=tiny_pairs.RESNET, head=head).float()


def scd() -> nn.Module:
    return tiny_pairs.scd(tiny_pairs.BYOL, backbone=tiny_pairs.RESNET).float()


class WithBoxes(ViewsDataPreprocessor):
    """The same boxes in every batch: what is resumed here is the training."""

    def forward(self, data: dict, training: bool = False) -> dict:
        boxes = tiny_boxes.boxes(4, (tiny.SIDE, tiny.SIDE))
        return {**super().forward(data, training), **{name: each[2:] for name, each in
                                                      boxes.items()}}


def soco() -> nn.Module:
    return tiny_boxes.soco(pairs=BOTH_WAYS, data_preprocessor=WithBoxes()).float()


def orl() -> nn.Module:
    return tiny_branches.orl('scd').float()


VIEWS = {oadp: ('oadp', 'size'), regioncl: ('moco_v2', 'scale'), scd: ('byol', 'scale'),
         soco: ('byol', 'scale'), orl: ('orl', 'scale')}
LARS = {'type': 'oadp_mm.LARS', 'lr': 0.5, 'weight_decay': 1e-3}


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / 'images'
    folder.mkdir()
    for number in range(8):
        noise = np.random.default_rng(number).integers(0, 256, (9, 9, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f'{number}.png'), cv2.resize(noise, (150, 140)))
    names = [f'{number}.png' for number in range(8)]
    boxes, pairs = [(0, 9, 100, 139), (30, 20, 149, 99)], [(0, 1), (1, 0)]
    correspondence_file(
        tmp_path / 'correspondences.npz', dict.fromkeys(names, boxes),
        dict.fromkeys(names, (140, 150)),
        {name: {names[i - 1]: pairs, names[i - 3]: pairs} for i, name in enumerate(names)}, folder)
    return folder


def pretrain(build: Callable[[], nn.Module], images: Path, name: str, *, workers: int = 0,
             persistent: bool = False, stop: bool = False, resume: bool = False) -> dict:
    """Weights and buffers after four epochs of 4 batches; 3 make a step, so that one is pending."""
    piece, size = VIEWS[build]
    views = Config.fromfile(ROOT / f'configs/_base_/views/{piece}.py').views
    views.crop[size] = tiny.SIDE
    runner = Runner(
        model=build(), work_dir=str(images.parent / name), default_scope='mmpretrain',
        resume=resume, experiment_name=f'{images.parent.name}-{name}-{stop}-{resume}',
        train_dataloader={
            'dataset': {
                'type': 'oadp_mm.MultiViewDataset', 'views': views.to_dict(),
                'correspondences': {'file': str(images.parent / 'correspondences.npz')}
                if build is orl else None,
                'dataset': {'type': 'oadp_mm.ImageFolder', 'data_root': str(images),
                            'pipeline': [{'type': 'oadp_mm.LoadImage'}]}},
            'batch_size': 2, 'num_workers': workers, 'persistent_workers': persistent,
            'collate_fn': {'type': 'default_collate'},
            'sampler': {'type': 'DefaultSampler', 'shuffle': True}},
        train_cfg={'by_epoch': True, 'max_epochs': EPOCHS},
        optim_wrapper={'optimizer': LARS if build is soco else
                       {'type': 'SGD', 'lr': 0.05, 'momentum': 0.9}, 'accumulative_counts': 3},
        param_scheduler=[{'type': 'CosineAnnealingLR', 'T_max': EPOCHS,
                          'convert_to_iter_based': True}],
        custom_hooks=[*({'type': f'oadp_mm.{hook}'} for hook in HOOKS),
                      *([StopAfterAnEpoch()] * stop)],
        default_hooks={'checkpoint': {'type': 'oadp_mm.CheckpointHook', 'interval': 1}},
        randomness={'seed': 3})
    runner.train()
    return runner.model.state_dict()


def equal(first: dict, second: dict) -> bool:
    assert first.keys() == second.keys()
    return all(torch.equal(tensor, second[name]) for name, tensor in first.items())


@pytest.mark.integration
@pytest.mark.parametrize('build', VIEWS, ids=lambda build: build.__name__)
def test_weights_targets_queues_momentum_and_draws_go_on_where_they_stopped(build, images):
    start = build().state_dict()
    whole = pretrain(build, images, 'whole')
    with pytest.raises(KeyboardInterrupt):
        pretrain(build, images, 'stopped', workers=2, persistent=True, stop=True)
    resumed = pretrain(build, images, 'stopped', workers=1, resume=True)
    assert equal(whole, resumed)
    # A target that started again from the online weights would be equal to them.
    lag = [not torch.equal(tensor, whole[name.replace('target.module', 'backbone')])
           for name, tensor in whole.items()
           if name.startswith('target.module') and name.endswith('.weight')]
    assert lag
    assert all(lag)
    if build is regioncl:
        assert whole['head.queues.0.pointer'] == 32 % QUEUE != 16 % QUEUE
        rows = whole['head.queues.0.rows'], start['head.queues.0.rows']
        assert not any(torch.equal(*pair) for pair in zip(*rows, strict=True))
