# Paper: IV-B 3, Table III. COCO detection and instance segmentation, schedule 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/oadp/benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py --launcher pytorch --gpus 8
# Expected: the paper's Table III gives box AP 40.5 / 60.4 / 44.3, mask AP 36.4 / 57.4 / 38.9.
# Hardware: 8 GPUs, 2 images each. lr 0.02, that of the rows compared with (O-22).
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-fpn.py',
    '../../_base_/datasets/coco_instance.py',
    '../../_base_/schedules/det_90k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
