# Paper: 4.1: RegionCL-M3, on MoCo v3 (R-7: the paper gives no details; the rest is MoCo v3's).
# Command: mim train mmpretrain configs/regioncl/regioncl-m3_resnet50_32xb128-coslr-1000e_in1k.py \
#     --launcher slurm --gpus 32 --gpus-per-node 8 --partition PARTITION
# Expected: the paper's Table 2 gives ImageNet linear classification 75.4 top-1.
# Hardware: 32 GPUs, 128 images each.
_base_ = [
    '../_base_/models/regioncl-m3_resnet50.py',
    '../_base_/datasets/views_moco_v3.py',
    '../_base_/pretrain_runtime.py',
]

crop = dict(_base_.crop, crop_ratio_range=(0.2, 1.0))
train_dataloader = dict(
    batch_size=128,
    dataset=dict(pipeline=[
        dict(type='oadp_mm.LoadImage'),
        dict(
            type='MultiView',
            num_views=[1, 1],
            transforms=[[crop, *changes] for changes in _base_.augment]),
        dict(type='PackInputs'),
    ]))
# Norms and offsets neither decay nor follow LARS; the layers of the head have numbers for names.
plain = dict(decay_mult=0, lars_exclude=True)
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='LARS', lr=4.8, momentum=0.9, weight_decay=1.5e-6),
    paramwise_cfg=dict(custom_keys={
        'bn': plain,
        'bias': plain,
        'downsample.1': plain,
        'projector.1': plain,
        'predictor.1': plain,
    }))
param_scheduler = [
    dict(
        type='LinearLR', start_factor=1e-4, by_epoch=True, begin=0, end=10,
        convert_to_iter_based=True),
    dict(
        type='CosineAnnealingLR', eta_min=0.0, by_epoch=True, begin=10, end=1000, T_max=990,
        convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=1000)
auto_scale_lr = dict(base_batch_size=4096, enable=False)
