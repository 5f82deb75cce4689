# Paper: 4.2, Table 5. COCO detection and instance segmentation, FPN, schedule 2x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/regioncl/benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb2-ms-180k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 5 gives box / mask AP of 41.6 / 37.7 for RegionCL-M, 42.1 / 38.0 for
#     RegionCL-D, 41.0 / 37.1 for RegionCL-S.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-fpn-2fc.py',
    '../../_base_/datasets/coco_instance.py',
    '../../_base_/schedules/det_180k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
