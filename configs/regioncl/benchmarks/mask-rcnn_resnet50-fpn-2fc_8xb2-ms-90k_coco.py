# Paper: 4.2, Table 4. COCO detection and instance segmentation, FPN, schedule 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/regioncl/benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb2-ms-90k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 4 gives box / mask AP of 40.1 / 36.3 for RegionCL-M, 40.4 / 36.7 for
#     RegionCL-D, 38.8 / 35.2 for RegionCL-S.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-fpn-2fc.py',
    '../../_base_/datasets/coco_instance.py',
    '../../_base_/schedules/det_90k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
