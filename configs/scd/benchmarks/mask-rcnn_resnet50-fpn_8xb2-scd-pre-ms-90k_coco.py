# Paper: B.1, Table 5. COCO detection and instance segmentation, FPN, schedule 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/scd/benchmarks/mask-rcnn_resnet50-fpn_8xb2-scd-pre-ms-90k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 5 gives box / mask AP of 40.7 / 36.8 for SCD-MoCo, 41.5 / 37.3 for
#     SCD-BYOL (2x).
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-fpn.py',
    '../../_base_/datasets/coco_instance.py',
    '../../_base_/schedules/det_90k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
