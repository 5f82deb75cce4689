"""FCN on a dilated ResNet-50 with the plain 7x7 stem that self-supervised checkpoints have.

The host's FCN starts from another stem of three 3x3 convolutions: a checkpoint would leave it
random. Output stride 8, an auxiliary head on layer3.
"""
import os

norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    type='EncoderDecoder',
    data_preprocessor=dict(
        type='SegDataPreProcessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True, pad_val=0, seg_pad_val=255, size=(512, 512)),
    pretrained=None,
    backbone=dict(
        type='ResNet', depth=50, out_indices=(0, 1, 2, 3), strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4), contract_dilation=True, style='pytorch', frozen_stages=-1,
        norm_cfg=norm_cfg, norm_eval=False,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    decode_head=dict(
        type='FCNHead', in_channels=2048, in_index=3, channels=512, num_convs=2, concat_input=True,
        dropout_ratio=0.1, num_classes=21, norm_cfg=norm_cfg, align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0)),
    auxiliary_head=dict(
        type='FCNHead', in_channels=1024, in_index=2, channels=256, num_convs=1, concat_input=False,
        dropout_ratio=0.1, num_classes=21, norm_cfg=norm_cfg, align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=0.4)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
