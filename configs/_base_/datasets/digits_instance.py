"""Scenes of `oadp-mm scenes` with boxes and masks of the ten digits. No flip: 2 and 5 would mix."""
import os

data_root = os.environ.get('OADP_DATA', 'work_dirs/demo/scenes/data') + '/'
metainfo = dict(classes=tuple('0123456789'))
train_data = dict(
    type='CocoDataset', data_root=data_root, metainfo=metainfo,
    ann_file='annotations/instances_train.json', data_prefix=dict(img='train/images/'),
    filter_cfg=dict(filter_empty_gt=True),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(type='PackDetInputs'),
    ])
val_data = dict(
    type='CocoDataset', data_root=data_root, metainfo=metainfo,
    ann_file='annotations/instances_test.json', data_prefix=dict(img='test/images/'),
    test_mode=True,
    pipeline=[
        dict(type='LoadImageFromFile'),
        # changes nothing, but the mask head wants to know the scale factor
        dict(type='Resize', scale_factor=1.0, keep_ratio=True),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(type='PackDetInputs', meta_keys=(
            'img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')),
    ])
val_evaluator = test_evaluator = dict(
    type='CocoMetric', ann_file=data_root + 'annotations/instances_test.json',
    metric=['bbox', 'segm'], outfile_prefix=os.environ.get('OADP_PREDICTIONS'))
