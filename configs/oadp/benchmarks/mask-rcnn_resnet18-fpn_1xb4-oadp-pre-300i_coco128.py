# Paper: not in it. Mask R-CNN on 96 photos of coco128, tested on 32, from OADP's backbone.
# Command: OADP_CKPT=work_dirs/backbone.pth OADP_DATA=path/to/data mim train onedl-mmdetection \
#     configs/oadp/benchmarks/mask-rcnn_resnet18-fpn_1xb4-oadp-pre-300i_coco128.py
# Expected: docs/reproduce.md has the figures of both initialisations.
# Hardware: 2 CPU cores, about 8 minutes.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet18-fpn.py',
    '../../_base_/datasets/coco128_instance.py',
    '../../_base_/schedules/det_small.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
