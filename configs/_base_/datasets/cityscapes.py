"""Cityscapes: train (2,975 fine images), crops of 769 px; val (500)."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/cityscapes/'
train_data = dict(
    type='CityscapesDataset', data_root=data_root,
    data_prefix=dict(img_path='leftImg8bit/train', seg_map_path='gtFine/train'),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='LoadAnnotations'),
        dict(type='RandomResize', scale=(2049, 1025), ratio_range=(0.5, 2.0), keep_ratio=True),
        dict(type='RandomCrop', crop_size=(769, 769), cat_max_ratio=0.75),
        dict(type='RandomFlip', prob=0.5),
        dict(type='PhotoMetricDistortion'),
        dict(type='PackSegInputs'),
    ])
val_data = dict(
    type='CityscapesDataset', data_root=data_root,
    data_prefix=dict(img_path='leftImg8bit/val', seg_map_path='gtFine/val'),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(2049, 1025), keep_ratio=True),
        dict(type='LoadAnnotations'),
        dict(type='PackSegInputs'),
    ])
val_evaluator = test_evaluator = dict(type='IoUMetric', iou_metrics=['mIoU'])
