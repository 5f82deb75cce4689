"""Mask R-CNN FPN for a self-supervised backbone: nothing frozen, batch norm trained everywhere.

The host's model freezes the stem and layer1 and keeps ImageNet's BN statistics. Its heads, a box
head of two layers and a mask head, have no normalisation and stay so (MoCo, RegionCL).
"""
import os

_base_ = 'mmdet::_base_/models/mask-rcnn_r50_fpn.py'

model = dict(
    backbone=dict(frozen_stages=-1, norm_eval=False, init_cfg=dict(
        type='oadp_mm.CheckedPretrained',
        checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    neck=dict(norm_cfg=dict(type='BN', requires_grad=True)))
