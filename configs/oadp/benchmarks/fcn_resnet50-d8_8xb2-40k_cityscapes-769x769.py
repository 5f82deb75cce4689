# Paper: IV-B 4, Table V. Cityscapes segmentation, fine annotations.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/oadp/benchmarks/fcn_resnet50-d8_8xb2-40k_cityscapes-769x769.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table V gives mIoU 75.9.
# Hardware: 8 GPUs, 2 crops each. lr 0.01, that of the usual recipe (O-22).
_base_ = [
    '../../_base_/models/fcn_resnet50-d8.py',
    '../../_base_/datasets/cityscapes.py',
    '../../_base_/schedules/seg_40k.py',
    '../../_base_/mmseg_runtime.py',
]

model = dict(
    data_preprocessor=dict(size=(769, 769)),
    backbone=dict(init_cfg=dict(
        type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')),
    decode_head=dict(num_classes=19, align_corners=True),
    auxiliary_head=dict(num_classes=19, align_corners=True),
    test_cfg=dict(mode='slide', crop_size=(769, 769), stride=(513, 513)))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
