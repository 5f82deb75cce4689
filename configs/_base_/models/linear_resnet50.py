"""One linear layer for ImageNet's 1,000 classes on the average of a frozen ResNet-50's last map."""
import os

model = dict(
    type='ImageClassifier',
    data_preprocessor=dict(
        num_classes=1000, mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True),
    backbone=dict(
        type='ResNet', depth=50, frozen_stages=4, norm_eval=True,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='LinearClsHead', num_classes=1000, in_channels=2048,
        loss=dict(type='CrossEntropyLoss', loss_weight=1.0), topk=(1, 5)))
