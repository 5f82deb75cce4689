"""Mask R-CNN FPN for a self-supervised backbone: nothing frozen, batch norm trained everywhere.

The host's model freezes the stem and layer1 and keeps ImageNet's BN statistics. Its heads, a box
head of two layers and a mask head, have no normalisation and stay so (MoCo, RegionCL).
"""
_base_ = 'mmdet::_base_/models/mask-rcnn_r50_fpn.py'

norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    backbone=dict(
        _delete_=True,  # with its ImageNet weights
        type='ResNet',
        depth=50,
        out_indices=(0, 1, 2, 3),
        style='pytorch',
        frozen_stages=-1,
        norm_cfg=norm_cfg,
        norm_eval=False),
    neck=dict(norm_cfg=norm_cfg))
