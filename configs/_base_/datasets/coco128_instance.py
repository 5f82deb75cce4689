"""coco128 with masks, 96 + 32 photos, long side 256 px: small enough for a CPU."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/coco128/'
train_data = dict(
    type='CocoDataset', data_root=data_root, ann_file='annotations/instances_train.json',
    data_prefix=dict(img='images/'), filter_cfg=dict(filter_empty_gt=True, min_size=32),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(type='Resize', scale=(256, 256), keep_ratio=True),
        dict(type='RandomFlip', prob=0.5),
        dict(type='PackDetInputs'),
    ])
val_data = dict(
    type='CocoDataset', data_root=data_root, ann_file='annotations/instances_val.json',
    data_prefix=dict(img='images/'), test_mode=True,
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(256, 256), keep_ratio=True),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(type='PackDetInputs', meta_keys=(
            'img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')),
    ])
val_evaluator = test_evaluator = dict(
    type='CocoMetric', ann_file=data_root + 'annotations/instances_val.json',
    metric=['bbox', 'segm'])
