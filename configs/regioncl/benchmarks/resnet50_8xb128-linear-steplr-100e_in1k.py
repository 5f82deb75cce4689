# Paper: 4.1, Table 1. A linear layer on the frozen backbone as in MoCo v2 (RegionCL-M, RegionCL-D).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/regioncl/benchmarks/resnet50_8xb128-linear-steplr-100e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 1 gives top-1 69.4 for RegionCL-M and 68.5 for RegionCL-D.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../../_base_/models/linear-in1k_resnet50.py',
    '../../_base_/datasets/imagenet_classification.py',
    '../../_base_/schedules/linear_steplr_100e.py',
    '../../_base_/mmpretrain_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
train_dataloader = dict(batch_size=128)
