# Paper: IV-B 4 to the letter: lr 0.2 for 16 crops a step, twenty times the usual (O-22).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/oadp/benchmarks/fcn_resnet50-d8_8xb2-20k-lr2e-1_voc12aug-512x512.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table V gives mIoU 57.6.
# Hardware: 8 GPUs, 2 crops each.
_base_ = [
    '../../_base_/models/fcn_resnet50-d8.py',
    '../../_base_/datasets/voc12aug.py',
    '../../_base_/schedules/seg_20k.py',
    '../../_base_/mmseg_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
optim_wrapper = dict(optimizer=dict(lr=0.2))
