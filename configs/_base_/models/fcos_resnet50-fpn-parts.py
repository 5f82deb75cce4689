"""FCOS whose neck was pretrained with the backbone: the host's fcos_r50-caffe_fpn_gn-head_1x_coco.

But its backbone is the one of torchvision's style that was pretrained, nothing is frozen, and batch
norm is trained in backbone and neck. The neck begins at C3, so that the file's second level is its
first; P6 and P7 start fresh, as the host starts them.
"""
import os

norm_cfg = dict(type='BN', requires_grad=True)
pretrained = dict(
    type='oadp_mm.CheckedPretrained',
    checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))
model = dict(
    type='FCOS',
    data_preprocessor=dict(
        type='DetDataPreprocessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True, pad_size_divisor=32),
    backbone=dict(
        type='ResNet', depth=50, num_stages=4, out_indices=(0, 1, 2, 3), style='pytorch',
        frozen_stages=-1, norm_cfg=norm_cfg, norm_eval=False, init_cfg=pretrained),
    neck=dict(
        type='FPN', in_channels=[256, 512, 1024, 2048], out_channels=256, start_level=1,
        add_extra_convs='on_output', relu_before_extra_convs=True, num_outs=5, norm_cfg=norm_cfg,
        init_cfg=dict(
            pretrained, prefix='neck.',
            only={f'{convs}.{level}': f'{convs}.{level - 1}'
                  for convs in ('lateral_convs', 'fpn_convs') for level in (1, 2, 3)},
            fresh={f'fpn_convs.{extra}': dict(
                type='Xavier', layer='Conv2d', distribution='uniform') for extra in (3, 4)})),
    bbox_head=dict(
        type='FCOSHead', num_classes=80, in_channels=256, stacked_convs=4, feat_channels=256,
        strides=[8, 16, 32, 64, 128],
        loss_cls=dict(type='FocalLoss', use_sigmoid=True, gamma=2.0, alpha=0.25, loss_weight=1.0),
        loss_bbox=dict(type='IoULoss', loss_weight=1.0),
        loss_centerness=dict(type='CrossEntropyLoss', use_sigmoid=True, loss_weight=1.0)),
    test_cfg=dict(
        nms_pre=1000, min_bbox_size=0, score_thr=0.05, nms=dict(type='nms', iou_threshold=0.5),
        max_per_img=100))
