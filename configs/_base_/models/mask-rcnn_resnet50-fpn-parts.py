"""Mask R-CNN FPN whose neck and box head were pretrained with the backbone, batch norm in all.

RPN, mask head and the last two layers of the box head start fresh, these as the host starts them.
"""
import os

_base_ = 'mmdet::_base_/models/mask-rcnn_r50_fpn.py'

norm_cfg = dict(type='BN', requires_grad=True)
pretrained = dict(
    type='oadp_mm.CheckedPretrained',
    checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))
model = dict(
    backbone=dict(frozen_stages=-1, norm_eval=False, init_cfg=pretrained),
    neck=dict(norm_cfg=norm_cfg, init_cfg=dict(pretrained, prefix='neck.')),
    roi_head=dict(
        bbox_head=dict(
            type='Shared4Conv1FCBBoxHead', norm_cfg=norm_cfg,
            init_cfg=dict(pretrained, prefix='box_head.', fresh=dict(
                fc_cls=dict(type='Normal', std=0.01), fc_reg=dict(type='Normal', std=0.001)))),
        mask_head=dict(norm_cfg=norm_cfg)))
