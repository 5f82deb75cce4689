# Paper: 4.4: RegionCL on a plain vision transformer with MoCo v3.
# Command: mim train mmpretrain \
#     configs/regioncl/regioncl-m3_vit-small-p16_32xb128-coslr-300e_in1k.py \
#     --launcher slurm --gpus 32 --gpus-per-node 8 --partition PARTITION
# Expected: not in the paper, which trains Swin-T with MoBy.
# Hardware: 32 GPUs, 128 images each.
_base_ = [
    '../_base_/models/regioncl-m3_vit-small-p16.py',
    '../_base_/datasets/views_moco_v3.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(batch_size=128)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='AdamW', lr=2.4e-3, weight_decay=0.1))
# The host fixes the position embedding only after DDP has counted it among the trained.
find_unused_parameters = True
param_scheduler = [
    dict(
        type='LinearLR', start_factor=1e-4, by_epoch=True, begin=0, end=40,
        convert_to_iter_based=True),
    dict(
        type='CosineAnnealingLR', eta_min=0.0, by_epoch=True, begin=40, end=300, T_max=260,
        convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=300)
auto_scale_lr = dict(base_batch_size=4096, enable=False)
