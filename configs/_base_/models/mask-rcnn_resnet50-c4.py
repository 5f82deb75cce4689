"""Mask R-CNN C4 for a self-supervised backbone: nothing frozen, batch norm trained everywhere.

The backbone ends at layer3; layer4 is the shared head of boxes and masks, with a norm behind it as
in MoCo's detectors. Both places load their part of one checkpoint.
"""
import os

_base_ = 'mmdet::_base_/models/mask-rcnn_r50-caffe-c4.py'

norm_cfg = dict(type='BN', requires_grad=True)
pretrained = dict(
    type='oadp_mm.CheckedPretrained',
    checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))
model = dict(
    data_preprocessor=dict(
        mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], bgr_to_rgb=True),
    backbone=dict(
        _delete_=True,  # with its ImageNet weights
        type='ResNet', depth=50, num_stages=3, strides=(1, 2, 2), dilations=(1, 1, 1),
        out_indices=(2,), style='pytorch', frozen_stages=-1, norm_cfg=norm_cfg, norm_eval=False,
        init_cfg=dict(pretrained, only=('conv1', 'bn1', 'layer1', 'layer2', 'layer3'))),
    roi_head=dict(shared_head=dict(
        _delete_=True, type='oadp_mm.NormedSharedHead', channels=2048,
        layer=dict(
            type='ResLayer', depth=50, stage=3, stride=2, dilation=1, style='pytorch',
            norm_cfg=norm_cfg, norm_eval=False, init_cfg=dict(pretrained, only='layer4')))),
    # Anchors across the image's border count, as in detectron2 (BOUNDARY_THRESH -1).
    train_cfg=dict(rpn=dict(allowed_border=-1)))
