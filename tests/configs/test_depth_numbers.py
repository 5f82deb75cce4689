"""Depth of NYU v2: OADP IV-B 5, and where it is silent BYOL's protocol."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from mmengine.registry import DATASETS, METRICS

NAME = 'benchmarks/up-projection_resnet50_8xb16-3k_nyu-304x228.py'


def test_blocks(load):
    head = load(NAME).model.decode_head
    assert (head.in_channels, head.channels) == (2048, (512, 256, 128, 64))


def test_frames_are_halved_and_their_middle_is_trained_on(load, tiny_data):
    config = load(NAME, OADP_DATA=str(tiny_data))
    steps = [step for step in config.train_dataloader.dataset.pipeline
             if step.type not in ('RandomFlip', 'PhotoMetricDistortion', 'RandomGrayscale')]
    config.train_dataloader.dataset.pipeline = steps
    sample = DATASETS.build(config.train_dataloader.dataset)[0]
    depth = cv2.imread(str(tiny_data / 'nyu/annotations/train/study_1.png'), -1)
    frame = cv2.imread(str(tiny_data / 'nyu/images/train/study_1.jpg'))
    # 320x240, of which 8 columns and 6 rows are cut on each side
    np.testing.assert_allclose(sample['data_samples'].gt_depth_map.data[0],
                               depth[::2, ::2][6:-6, 8:-8] / 1000, rtol=1e-6)
    half = frame.reshape(240, 2, 320, 2, 3).mean((1, 3))[6:-6, 8:-8]
    np.testing.assert_allclose(sample['inputs'].permute(1, 2, 0), half, atol=0.51)


def test_whole_frames_are_judged(load, tiny_data):
    config = load(NAME, OADP_DATA=str(tiny_data))
    sample = DATASETS.build(config.val_dataloader.dataset)[0]
    assert sample['inputs'].shape == (3, 240, 320)
    truth = sample['data_samples'].gt_depth_map.data
    assert truth.shape[1:] == sample['data_samples'].ori_shape == (480, 640)
    metric = METRICS.build(config.val_evaluator)
    # Two images, off by 1 and by 3 m everywhere: the mean of both, not the root of (1 + 9) / 2.
    for error in (1, 3):
        metric.process({}, [{'gt_depth_map': {'data': torch.full((1, 480, 640), 5.0)},
                             'pred_depth_map': {'data': torch.full((1, 480, 640), 5.0 + error)},
                             }])
    figures = metric.evaluate(2)
    assert {'d1', 'd2', 'd3', 'rmse', 'abs_rel'} <= set(figures)  # Table VI
    assert figures['rmse'] == 2
