"""ImageNet-1k with labels: train (1,281,167) in random crops of 224 px, val (50,000) by top-1 and
top-5 accuracy of one centre crop.
"""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/imagenet'
train_data = dict(type='ImageNet', data_root=data_root, split='train', pipeline=[
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224, backend='pillow'),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
])
val_data = dict(
    type='ImageNet', data_root=data_root, split='val', test_mode=True, pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='ResizeEdge', scale=256, edge='short', backend='pillow'),
        dict(type='CenterCrop', crop_size=224),
        dict(type='PackInputs'),
    ])
val_evaluator = test_evaluator = dict(type='Accuracy', topk=(1, 5))
