# Paper: 4.3, Table 7. Cityscapes segmentation by UPerNet, 80,000 steps.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/regioncl/benchmarks/upernet_resnet50_8xb2-80k_cityscapes-512x1024.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 7 gives mIoU 79.0 for RegionCL-M, 79.5 for -D, 78.7 for -S.
# Hardware: 8 GPUs, 2 crops each.
_base_ = [
    '../../_base_/models/upernet_resnet50.py',
    '../../_base_/datasets/cityscapes_512x1024.py',
    '../../_base_/schedules/seg_80k.py',
    '../../_base_/mmseg_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
