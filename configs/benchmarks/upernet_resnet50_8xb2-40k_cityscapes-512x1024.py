# Paper: RegionCL 4.3, Table 7. Cityscapes segmentation by UPerNet, 40,000 steps.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/upernet_resnet50_8xb2-40k_cityscapes-512x1024.py \
#     --launcher pytorch --gpus 8
# Expected: configs/regioncl/README.md.
# Hardware: 8 GPUs, 2 crops each.
import os

_base_ = [
    '../_base_/datasets/cityscapes.py',
    '../_base_/schedules/segmentation.py',
    '../_base_/mmseg_runtime.py',
]

# The host's UPerNet starts from another stem of three 3x3 convolutions: a checkpoint would leave it
# random. Output stride 32, an auxiliary FCN head on layer3.
norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    type='EncoderDecoder',
    data_preprocessor=dict(
        type='SegDataPreProcessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True, pad_val=0, seg_pad_val=255, size=(512, 1024)),
    pretrained=None,
    backbone=dict(
        type='ResNet', depth=50, out_indices=(0, 1, 2, 3), style='pytorch', frozen_stages=-1,
        norm_cfg=norm_cfg, norm_eval=False,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    decode_head=dict(
        type='UPerHead', in_channels=[256, 512, 1024, 2048], in_index=[0, 1, 2, 3],
        pool_scales=(1, 2, 3, 6), channels=512, dropout_ratio=0.1, num_classes=19,
        norm_cfg=norm_cfg, align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0)),
    auxiliary_head=dict(
        type='FCNHead', in_channels=1024, in_index=2, channels=256, num_convs=1, concat_input=False,
        dropout_ratio=0.1, num_classes=19, norm_cfg=norm_cfg, align_corners=False,
        loss_decode=dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=0.4)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
# Crops of 512x1024 px, tested whole at 1024x2048.
_base_.train_data.pipeline[2].scale = _base_.val_data.pipeline[1].scale = (2048, 1024)
_base_.train_data.pipeline[3].crop_size = (512, 1024)
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
train_cfg = dict(max_iters=40000, val_interval=4000)
