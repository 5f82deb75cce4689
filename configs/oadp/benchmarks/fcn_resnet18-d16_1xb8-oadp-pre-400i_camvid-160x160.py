# Paper: not in it. FCN on CamVid, 11 classes, from the backbone that OADP trained.
# Command: OADP_CKPT=work_dirs/backbone.pth OADP_DATA=path/to/data mim train mmsegmentation \
#     configs/oadp/benchmarks/fcn_resnet18-d16_1xb8-oadp-pre-400i_camvid-160x160.py
# Expected: docs/reproduce.md has the figures of both initialisations.
# Hardware: 2 CPU cores, about 4 minutes.
_base_ = [
    '../../_base_/models/fcn_resnet18-d16.py',
    '../../_base_/datasets/camvid.py',
    '../../_base_/schedules/seg_small.py',
    '../../_base_/mmseg_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
