"""A comparison of seconds: a pretraining of mmpretrain's SimSiam and a folder of 12 images."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

CONFIG = '''
import os

default_scope = 'mmpretrain'
epochs = int(os.environ.get('OADP_EPOCHS', 20))
neck = dict(type='NonLinearNeck', in_channels=8 * CHANNELS, hid_channels=8, out_channels=8)
model = dict(
    type='SimSiam',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(type='ResNet', depth=18, stem_channels=4, base_channels=CHANNELS),
    neck=neck,
    head=dict(
        type='LatentPredictHead',
        loss=dict(type='CosineSimilarityLoss'),
        predictor=dict(neck, in_channels=8, with_avg_pool=False)))
train_dataloader = dict(
    dataset=dict(
        type='oadp_mm.MultiViewDataset',
        dataset=dict(
            type='oadp_mm.ImageFolder', data_root='elsewhere',
            pipeline=[dict(type='oadp_mm.LoadImage', min_side=16)]),
        views=dict(
            crop=dict(type='oadp_mm.RandomResizedWindow', scale=32), changes=[],
            each=dict(one=dict(), other=dict()))))
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01))
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=epochs)
'''


def write_config(path: Path, more: str = '', channels: int = 4) -> Path:
    """The pretraining, with further lines at its end."""
    path.write_text(CONFIG.replace('CHANNELS', str(channels)) + more)
    return path


def write_images(root: Path) -> Path:
    """Two classes by brightness: four images each to train on, two to test."""
    noise = np.random.default_rng(0)
    for split, count in (('train', 4), ('test', 2)):
        for name, low in (('dark', 0), ('light', 128)):
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                pixels = noise.integers(low, low + 128, (40, 40, 3), dtype=np.uint8)
                assert cv2.imwrite(str(folder / f'{number}.png'), pixels)
    return root
