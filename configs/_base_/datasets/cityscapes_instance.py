"""Cityscapes instances: train (2,975 fine images) at 800-1024 px, val (500) at 1024 px.

The annotations are the json files that the host's `cityscapes.py` converter writes. AP and AP50 are
Cityscapes' own, by the package cityscapesscripts, from `gtFine/val/*/*_gtFine_instanceIds.png`.
"""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/cityscapes/'
train_data = dict(
    type='CityscapesDataset', data_root=data_root,
    ann_file='annotations/instancesonly_filtered_gtFine_train.json',
    data_prefix=dict(img='leftImg8bit/train/'), filter_cfg=dict(filter_empty_gt=True, min_size=32),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(
            type='RandomChoiceResize', scales=[(2048, side) for side in range(800, 1025, 32)],
            keep_ratio=True),
        dict(type='RandomFlip', prob=0.5),
        dict(type='PackDetInputs'),
    ])
val_data = dict(
    type='CityscapesDataset', data_root=data_root,
    ann_file='annotations/instancesonly_filtered_gtFine_val.json',
    data_prefix=dict(img='leftImg8bit/val/'), test_mode=True,
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(2048, 1024), keep_ratio=True),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(type='PackDetInputs', meta_keys=(
            'img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')),
    ])
val_evaluator = test_evaluator = dict(
    type='CityScapesMetric', seg_prefix=data_root + 'gtFine/val',
    outfile_prefix='work_dirs/cityscapes_instances')
