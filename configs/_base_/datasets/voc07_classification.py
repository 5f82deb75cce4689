"""VOC 2007 classification: trainval (5,011 images) and test (4,952), difficult objects ignored."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/VOCdevkit/VOC2007'
train_data = dict(type='VOC', data_root=data_root, split='trainval', pipeline=[
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
])
val_data = dict(
    type='VOC', data_root=data_root, split='test', test_mode=True, pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='ResizeEdge', scale=256, edge='short'),
        dict(type='CenterCrop', crop_size=224),
        dict(
            type='PackInputs',
            meta_keys=('sample_idx', 'img_path', 'ori_shape', 'img_shape', 'gt_label_difficult')),
    ])
val_evaluator = test_evaluator = [
    dict(type='VOCAveragePrecision'),  # mAP
    # hit@1: share of images whose best label is one of theirs
    dict(type='VOCMultiLabelMetric', topk=1, average='micro', items=['precision']),
]
