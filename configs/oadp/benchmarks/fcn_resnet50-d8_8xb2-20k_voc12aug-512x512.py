# Paper: IV-B 4, Table V. VOC 2012 segmentation, trained without the val images (O-25).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/oadp/benchmarks/fcn_resnet50-d8_8xb2-20k_voc12aug-512x512.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table V gives mIoU 57.6.
# Hardware: 8 GPUs, 2 crops each. lr 0.01, that of the usual recipe (O-22).
_base_ = [
    '../../_base_/models/fcn_resnet50-d8.py',
    '../../_base_/datasets/voc12aug.py',
    '../../_base_/schedules/seg_20k.py',
    '../../_base_/mmseg_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
