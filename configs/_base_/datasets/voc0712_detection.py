"""VOC 07+12 trainval (16,551 images) at 480-800 px; test 2007 by the 11-point AP of 10 IoUs."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/VOCdevkit/'
train_data = dict(
    type='ConcatDataset',
    ignore_keys=['dataset_type'],  # the one thing in which 2007 and 2012 differ
    datasets=[
        dict(
            type='VOCDataset', data_root=data_root,
            ann_file=f'VOC{year}/ImageSets/Main/trainval.txt',
            data_prefix=dict(sub_data_root=f'VOC{year}/'),
            filter_cfg=dict(filter_empty_gt=True, min_size=32),
            pipeline=[
                dict(type='LoadImageFromFile'),
                dict(type='LoadAnnotations', with_bbox=True),
                dict(
                    type='RandomChoiceResize',
                    scales=[(1333, side) for side in range(480, 801, 32)], keep_ratio=True),
                dict(type='RandomFlip', prob=0.5),
                dict(type='PackDetInputs'),
            ]) for year in (2007, 2012)
    ])
val_data = dict(
    type='VOCDataset', data_root=data_root, ann_file='VOC2007/ImageSets/Main/test.txt',
    data_prefix=dict(sub_data_root='VOC2007/'), test_mode=True,
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(1333, 800), keep_ratio=True),
        dict(type='LoadAnnotations', with_bbox=True),
        dict(type='PackDetInputs', meta_keys=(
            'img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')),
    ])
val_evaluator = test_evaluator = dict(
    type='VOCMetric', metric='mAP',
    iou_thrs=[0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95], eval_mode='11points')
