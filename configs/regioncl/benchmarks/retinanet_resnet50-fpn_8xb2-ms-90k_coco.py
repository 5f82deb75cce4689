# Paper: 4.2, Table 6. COCO detection by RetinaNet, schedule 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/regioncl/benchmarks/retinanet_resnet50-fpn_8xb2-ms-90k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 6 gives AP 38.4 for RegionCL-M, 38.8 for -D, 36.8 for -S.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/retinanet_resnet50-fpn.py',
    '../../_base_/datasets/coco_detection.py',
    '../../_base_/schedules/det_90k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
optim_wrapper = dict(optimizer=dict(lr=0.01))
