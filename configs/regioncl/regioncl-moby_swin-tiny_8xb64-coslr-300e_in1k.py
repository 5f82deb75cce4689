# Paper: 4.4: RegionCL on MoBy, 300 epochs (R-7: the paper gives no details; the rest is MoBy's).
# Command: mim train mmpretrain configs/regioncl/regioncl-moby_swin-tiny_8xb64-coslr-300e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 8 gives ImageNet linear classification 77.0 top-1.
# Hardware: 8 GPUs, 64 images each.
_base_ = [
    '../_base_/models/regioncl-moby_swin-tiny.py',
    '../_base_/datasets/views_moco_v3.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(batch_size=64)
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05),
    clip_grad=dict(max_norm=5.0),
    paramwise_cfg=dict(
        norm_decay_mult=0.0,
        bias_decay_mult=0.0,
        custom_keys={'relative_position_bias_table': dict(decay_mult=0.0)}))
param_scheduler = [
    dict(
        type='LinearLR', start_factor=5e-4, by_epoch=True, begin=0, end=5,
        convert_to_iter_based=True),
    dict(
        type='CosineAnnealingLR', eta_min=5e-6, by_epoch=True, begin=5, end=300, T_max=295,
        convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=300)
auto_scale_lr = dict(base_batch_size=512, enable=False)
