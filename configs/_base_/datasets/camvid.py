"""CamVid: 367 train and 233 test frames of 480x360, 11 classes, 255 ignored; crops of 160 px."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/camvid/'
metainfo = dict(
    classes=('Sky', 'Building', 'Pole', 'Road', 'Pavement', 'Tree', 'SignSymbol', 'Fence', 'Car',
             'Pedestrian', 'Bicyclist'),
    palette=[[128, 128, 128], [128, 0, 0], [192, 192, 128], [128, 64, 128], [60, 40, 222],
             [128, 128, 0], [192, 128, 128], [64, 64, 128], [64, 0, 128], [64, 64, 0],
             [0, 128, 192]])
train_data = dict(
    type='BaseSegDataset', data_root=data_root, metainfo=metainfo,
    data_prefix=dict(img_path='images/train', seg_map_path='masks/train'),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='LoadAnnotations'),
        dict(type='RandomResize', scale=(240, 180), ratio_range=(1.0, 2.0), keep_ratio=True),
        dict(type='RandomCrop', crop_size=(160, 160), cat_max_ratio=0.75),
        dict(type='RandomFlip', prob=0.5),
        dict(type='PhotoMetricDistortion'),
        dict(type='PackSegInputs'),
    ])
val_data = dict(
    type='BaseSegDataset', data_root=data_root, metainfo=metainfo,
    data_prefix=dict(img_path='images/test', seg_map_path='masks/test'),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(320, 240), keep_ratio=True),
        dict(type='LoadAnnotations'),
        dict(type='PackSegInputs'),
    ])
val_evaluator = test_evaluator = dict(type='IoUMetric', iou_metrics=['mIoU'])
