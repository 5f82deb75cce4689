# Paper: not in it. FCN on digit scenes, from the backbone that OADP trained.
# Command: OADP_CKPT=backbone.pth mim train mmsegmentation \
#     configs/demo/fcn_resnet18-d16_oadp-pre_digits.py (make demo runs it)
# Expected: the table of `make demo`.
# Hardware: 2 CPU cores, minutes.
_base_ = [
    '../_base_/models/fcn_resnet18-d16.py',
    '../_base_/datasets/digits_semantic.py',
    '../_base_/schedules/seg_digits.py',
    '../_base_/mmseg_runtime.py',
]

model = dict(
    backbone=dict(init_cfg=dict(
        type='oadp_mm.CheckedPretrained',
        checkpoint='{{$OADP_CKPT:work_dirs/demo/export/backbone.pth}}')),
    # Four fifths of the pixels are background, which would otherwise be all that is predicted.
    decode_head=dict(loss_decode=dict(class_weight=[0.1] + 10 * [1.0])))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
default_hooks = dict(logger=dict(interval=5), checkpoint=dict(interval=20))
