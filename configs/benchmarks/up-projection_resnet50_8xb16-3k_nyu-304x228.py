# Paper: OADP IV-B 5, Table VI. Depth of NYU v2 by up-projections, all of the network trained.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/up-projection_resnet50_8xb16-3k_nyu-304x228.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md. The paper does not say whether its rms is a mean over images,
#     which is what is printed here, or over the pixels of all of them.
# Hardware: 8 GPUs, 16 images each. "Approximately 3,000 steps" of 128 images are the paper's. Where
#     it is silent this is BYOL's protocol: head, loss, size, changes of colour (but for their
#     chances: the host applies each to half of the images, BYOL to all, and its gray is the mean of
#     the channels), decay, and lr 0.01 for 16
#     images, scaled. Neither says how the rate falls: as a polynomial here.
import os

_base_ = ['../_base_/datasets/nyu.py', '../_base_/mmseg_runtime.py']

model = dict(
    type='DepthEstimator',
    data_preprocessor=dict(
        type='SegDataPreProcessor', mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True, size=(228, 304)),
    backbone=dict(
        type='ResNet', depth=50, out_indices=(3,), style='pytorch', frozen_stages=-1,
        norm_cfg=dict(type='BN', requires_grad=True), norm_eval=False,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained',
            checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    decode_head=dict(
        type='oadp_mm.UpProjectionHead', in_channels=2048, channels=(512, 256, 128, 64)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
train_dataloader = dict(batch_size=16, num_workers=8, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.08, momentum=0.9, weight_decay=5e-4))
param_scheduler = [dict(type='PolyLR', eta_min=0.0, power=0.9, by_epoch=False)]
train_cfg = dict(max_iters=3000, val_interval=1000)
default_hooks = dict(checkpoint=dict(interval=1000))
auto_scale_lr = dict(base_batch_size=128, enable=False)
