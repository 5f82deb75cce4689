"""VOC 2012 segmentation: train_aug (10,582 images), crops of 512 px; val (1,449)."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/VOCdevkit/VOC2012'
train_data = dict(
    type='ConcatDataset',
    datasets=[
        dict(
            type='PascalVOCDataset', data_root=data_root,
            data_prefix=dict(img_path='JPEGImages', seg_map_path=masks),
            ann_file=f'ImageSets/Segmentation/{split}.txt',
            pipeline=[
                dict(type='LoadImageFromFile'),
                dict(type='LoadAnnotations'),
                dict(
                    type='RandomResize', scale=(2048, 512), ratio_range=(0.5, 2.0),
                    keep_ratio=True),
                dict(type='RandomCrop', crop_size=(512, 512), cat_max_ratio=0.75),
                dict(type='RandomFlip', prob=0.5),
                dict(type='PhotoMetricDistortion'),
                dict(type='PackSegInputs'),
            ])
        for split, masks in (('train', 'SegmentationClass'), ('aug', 'SegmentationClassAug'))
    ])
val_data = dict(
    type='PascalVOCDataset', data_root=data_root,
    data_prefix=dict(img_path='JPEGImages', seg_map_path='SegmentationClass'),
    ann_file='ImageSets/Segmentation/val.txt',
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale=(2048, 512), keep_ratio=True),
        dict(type='LoadAnnotations'),
        dict(type='PackSegInputs'),
    ])
val_evaluator = test_evaluator = dict(type='IoUMetric', iou_metrics=['mIoU'])
