"""LVIS v1 train at 640-800 px with masks, images of rare classes repeated; val by box and mask AP.

A class in less than a thousandth of the images is repeated by the root of how much less, rounded up
(detectron2 draws whether up or down). The images are COCO's, below `train2017/` and `val2017/`.
"""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/lvis_v1/'
train_data = dict(
    type='ClassBalancedDataset', oversample_thr=1e-3,
    dataset=dict(
        type='LVISV1Dataset', data_root=data_root, ann_file='annotations/lvis_v1_train.json',
        data_prefix=dict(img=''), filter_cfg=dict(filter_empty_gt=True, min_size=32),
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
            dict(
                type='RandomChoiceResize', scales=[(1333, side) for side in range(640, 801, 32)],
                keep_ratio=True),
            dict(type='RandomFlip', prob=0.5),
            dict(type='PackDetInputs'),
        ]))
val_data = dict(
    type='LVISV1Dataset', data_root=data_root, ann_file='annotations/lvis_v1_val.json',
    data_prefix=dict(img=''), test_mode=True,
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(1333, 800), keep_ratio=True),
        dict(type='LoadAnnotations', with_bbox=True, with_mask=True),
        dict(type='PackDetInputs', meta_keys=(
            'img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor')),
    ])
val_evaluator = test_evaluator = dict(
    type='LVISMetric', ann_file=data_root + 'annotations/lvis_v1_val.json',
    metric=['bbox', 'segm'])
