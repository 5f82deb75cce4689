"""Mask R-CNN FPN with normalised heads; the box head is 4conv1fc, as in the rows that OADP's Table
III compares with (ORL).
"""
_base_ = './mask-rcnn_resnet50-fpn-2fc.py'

norm_cfg = dict(type='BN', requires_grad=True)
model = dict(roi_head=dict(
    bbox_head=dict(type='Shared4Conv1FCBBoxHead', norm_cfg=norm_cfg),
    mask_head=dict(norm_cfg=norm_cfg)))
