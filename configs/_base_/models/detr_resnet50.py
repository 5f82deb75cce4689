"""DETR on a self-supervised backbone: the host's detr_r50, whose transformer starts fresh.

Norms of the backbone keep what the pretraining left in them, as DETR's and UP-DETR's codes freeze
them. The host's layers normalise behind each block; UP-DETR's code does so before (`--pre_norm`),
which the host has not.
"""
import os

attention = dict(embed_dims=256, num_heads=8, dropout=0.1, batch_first=True)
feed_forward = dict(
    embed_dims=256, feedforward_channels=2048, num_fcs=2, ffn_drop=0.1,
    act_cfg=dict(type='ReLU', inplace=True))
model = dict(
    type='DETR', num_queries=100,
    data_preprocessor=dict(
        type='DetDataPreprocessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True, pad_size_divisor=1),
    backbone=dict(
        type='ResNet', depth=50, num_stages=4, out_indices=(3,), style='pytorch',
        frozen_stages=-1, norm_cfg=dict(type='BN', requires_grad=False), norm_eval=True,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    neck=dict(
        type='ChannelMapper', in_channels=[2048], kernel_size=1, out_channels=256, act_cfg=None,
        norm_cfg=None, num_outs=1),
    encoder=dict(
        num_layers=6, layer_cfg=dict(self_attn_cfg=attention, ffn_cfg=feed_forward)),
    decoder=dict(
        num_layers=6, return_intermediate=True, layer_cfg=dict(
            self_attn_cfg=attention, cross_attn_cfg=attention, ffn_cfg=feed_forward)),
    positional_encoding=dict(num_feats=128, normalize=True),
    bbox_head=dict(
        type='DETRHead', num_classes=80, embed_dims=256,
        loss_cls=dict(
            type='CrossEntropyLoss', bg_cls_weight=0.1, use_sigmoid=False, loss_weight=1.0,
            class_weight=1.0),
        loss_bbox=dict(type='L1Loss', loss_weight=5.0),
        loss_iou=dict(type='GIoULoss', loss_weight=2.0)),
    train_cfg=dict(assigner=dict(type='HungarianAssigner', match_costs=[
        dict(type='ClassificationCost', weight=1.0),
        dict(type='BBoxL1Cost', weight=5.0, box_format='xywh'),
        dict(type='IoUCost', iou_mode='giou', weight=2.0)])),
    test_cfg=dict(max_per_img=100))
del attention, feed_forward
