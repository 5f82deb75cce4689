"""FCN on a ResNet-18 with its plain stem, output stride 8, for runs of minutes on a CPU."""
import os

norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    type='EncoderDecoder',
    data_preprocessor=dict(
        type='SegDataPreProcessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True, pad_val=0, seg_pad_val=255, size=(160, 160)),
    pretrained=None,
    backbone=dict(
        type='ResNet', depth=18, out_indices=(0, 1, 2, 3), strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4), contract_dilation=True, style='pytorch', frozen_stages=-1,
        norm_cfg=norm_cfg, norm_eval=False,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    decode_head=dict(
        type='FCNHead', in_channels=512, in_index=3, channels=128, num_convs=1, concat_input=False,
        dropout_ratio=0.1, num_classes=11, norm_cfg=norm_cfg, align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
