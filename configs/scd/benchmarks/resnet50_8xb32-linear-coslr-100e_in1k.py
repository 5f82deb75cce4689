# Paper: 5.2 and A.2, Table 1. A linear layer on the frozen backbone (SCD-BYOL).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/scd/benchmarks/resnet50_8xb32-linear-coslr-100e_in1k.py --launcher pytorch --gpus 8
# Expected: the paper's Table 1 gives top-1 72.2 for SCD-BYOL and 73.1 for SCD-BYOL (2x).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/linear-in1k_resnet50.py',
    '../../_base_/datasets/imagenet_classification.py',
    '../../_base_/schedules/linear_coslr_100e.py',
    '../../_base_/mmpretrain_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
