# Paper: 4.1: RegionCL-M3, on MoCo v3 (R-7: the paper gives no details; the rest is MoCo v3's).
# Command: mim train mmpretrain configs/regioncl/regioncl-m3_resnet50_32xb128-coslr-1000e_in1k.py \
#     --launcher slurm --gpus 32 --gpus-per-node 8 --partition PARTITION
# Expected: ImageNet linear classification 75.4 top-1 (Table 2).
# Hardware: 32 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/images/in1k.py',
    '../_base_/views/byol.py',
    '../_base_/pretrain_runtime.py',
]

# The batch's other images are the negatives.
temperature = 1.0
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=True),
    head=dict(
        type='oadp_mm.InBatchContrastiveHead',
        projector=dict(
            hidden_channels=4096, out_channels=256, bias=False, last_bias=False, last_norm=True),
        predictor=dict(hidden_channels=4096, bias=False, last_bias=False),
        temperature=temperature,
        loss_weight=2 * temperature),
    region=(3, 5),
    pairs=((0, 1), (1, 0)),
    ema_decay=0.996)
# MoCo v3's code resizes bilinearly; crops of its ResNet-50 hold 20 % of the image at least.
_base_.views.crop.update(interpolation='bilinear', crop_ratio_range=(0.2, 1.0))
train_dataloader = dict(
    batch_size=128, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
# Norms and offsets neither decay nor follow LARS; the layers of the head have numbers for names.
plain = dict(decay_mult=0, lars_exclude=True)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='LARS', lr=4.8, momentum=0.9, weight_decay=1.5e-6),
    paramwise_cfg=dict(custom_keys={
        'bn': plain, 'bias': plain, 'downsample.1': plain, 'projector.1': plain,
        'predictor.1': plain}))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 1000, start_factor=1e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=10 / 1000, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 1000))
auto_scale_lr = dict(base_batch_size=4096, enable=False)
