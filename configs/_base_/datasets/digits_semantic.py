"""Scenes of `oadp-mm scenes` with a class a pixel: 0 is background, digit d is d + 1."""
import os

data_root = os.environ.get('OADP_DATA', 'work_dirs/demo/scenes/data') + '/'
metainfo = dict(
    classes=('background', *'0123456789'),
    palette=[[40, 40, 40], [230, 25, 75], [60, 180, 75], [255, 225, 25], [0, 130, 200],
             [245, 130, 48], [145, 30, 180], [70, 240, 240], [240, 50, 230], [210, 245, 60],
             [170, 110, 40]])
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='PackSegInputs'),
]
train_data = dict(
    type='BaseSegDataset', data_root=data_root, metainfo=metainfo, img_suffix='.png',
    data_prefix=dict(img_path='train/images', seg_map_path='train/masks'), pipeline=train_pipeline)
val_data = dict(
    type='BaseSegDataset', data_root=data_root, metainfo=metainfo, img_suffix='.png',
    data_prefix=dict(img_path='test/images', seg_map_path='test/masks'), pipeline=train_pipeline)
val_evaluator = test_evaluator = dict(
    type='IoUMetric', iou_metrics=['mIoU'], output_dir=os.environ.get('OADP_PREDICTIONS'))
