"""Places205 with labels: train (2,448,873) in random crops of 224 px, val (20,500) by top-1 and
top-5 accuracy of one centre crop. The lists are those that come with the images.
"""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/places205'
train_data = dict(
    type='Places205', data_root=data_root, data_prefix='images256',
    ann_file='trainvalsplit_places205/train_places205.csv', pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='RandomResizedCrop', scale=224, backend='pillow'),
        dict(type='RandomFlip', prob=0.5, direction='horizontal'),
        dict(type='PackInputs'),
    ])
val_data = dict(
    type='Places205', data_root=data_root, data_prefix='images256', test_mode=True,
    ann_file='trainvalsplit_places205/val_places205.csv', pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='ResizeEdge', scale=256, edge='short', backend='pillow'),
        dict(type='CenterCrop', crop_size=224),
        dict(type='PackInputs'),
    ])
val_evaluator = test_evaluator = dict(type='Accuracy', topk=(1, 5))
