"""Mask R-CNN FPN with a ResNet-18 and narrow heads, for runs of minutes on a CPU."""
import os

_base_ = 'mmdet::_base_/models/mask-rcnn_r50_fpn.py'

model = dict(
    backbone=dict(depth=18, frozen_stages=-1, norm_eval=False, init_cfg=dict(
        type='oadp_mm.CheckedPretrained',
        checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    neck=dict(
        in_channels=[64, 128, 256, 512], out_channels=64,
        norm_cfg=dict(type='BN', requires_grad=True)),
    rpn_head=dict(
        in_channels=64, feat_channels=64,
        anchor_generator=dict(scales=[4])),  # for objects of 16 px and more
    roi_head=dict(
        bbox_roi_extractor=dict(out_channels=64),
        bbox_head=dict(in_channels=64, fc_out_channels=256),
        # masks of 14x14 pixels, not 28x28: the objects are hardly larger
        mask_roi_extractor=dict(out_channels=64, roi_layer=dict(output_size=7)),
        mask_head=dict(num_convs=2, in_channels=64, conv_out_channels=64)),
    train_cfg=dict(
        rpn_proposal=dict(nms_pre=500, max_per_img=250), rcnn=dict(mask_size=14, sampler=dict(num=128))),
    test_cfg=dict(rpn=dict(nms_pre=500, max_per_img=250)))
