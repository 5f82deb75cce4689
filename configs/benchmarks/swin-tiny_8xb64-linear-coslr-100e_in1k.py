# Paper: RegionCL 4.4, Table 8. A linear layer on a frozen Swin-T as in MoBy.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/swin-tiny_8xb64-linear-coslr-100e_in1k.py --launcher pytorch --gpus 8
# Expected: 73.9 top-1 after 100 epochs of pretraining, 77.0 after 300.
# Hardware: 8 GPUs, 64 images each. MoBy's code, which 4.4 says it follows: paths are dropped before
#     the layer that learns, and the cosine began with the training.
import os

_base_ = [
    '../_base_/datasets/imagenet_classification.py',
    '../_base_/mmpretrain_runtime.py',
]

model = dict(
    type='ImageClassifier',
    data_preprocessor=dict(
        num_classes=1000, mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True),
    backbone=dict(
        type='oadp_mm.FrozenWeights', backbone=dict(
            type='SwinTransformer', arch='tiny', img_size=224, drop_path_rate=0.2,
            init_cfg=dict(
                type='oadp_mm.CheckedPretrained',
                checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth')))),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='LinearClsHead', num_classes=1000, in_channels=768, topk=(1, 5),
        init_cfg=dict(type='TruncNormal', layer='Linear', std=0.02),
        loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode='original')))
train_dataloader = dict(batch_size=64, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=1.0, momentum=0.9, weight_decay=0.0, nesterov=True),
    clip_grad=dict(max_norm=5.0))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=5 / 100, start_factor=5e-7, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=5 / 100, eta_min=5e-6, whole=True, by_epoch=False),
]
train_cfg = dict(max_epochs=100, val_interval=10)
auto_scale_lr = dict(base_batch_size=512, enable=False)
