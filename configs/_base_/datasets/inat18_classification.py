"""iNaturalist 2018 with labels: train (437,513) in random crops of 224 px, val (24,426) by top-1
and top-5 accuracy of one centre crop. configs/benchmarks/README.md makes the lists of its jsons.
"""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/inaturalist18'
classes = data_root + '/meta/classes.txt'
train_data = dict(
    type='CustomDataset', data_root=data_root, ann_file='meta/train.txt', classes=classes,
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='RandomResizedCrop', scale=224, backend='pillow'),
        dict(type='RandomFlip', prob=0.5, direction='horizontal'),
        dict(type='PackInputs'),
    ])
val_data = dict(
    type='CustomDataset', data_root=data_root, ann_file='meta/val.txt', classes=classes,
    test_mode=True, pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='ResizeEdge', scale=256, edge='short', backend='pillow'),
        dict(type='CenterCrop', crop_size=224),
        dict(type='PackInputs'),
    ])
val_evaluator = test_evaluator = dict(type='Accuracy', topk=(1, 5))
