# Paper: IV-B 1, Table I. VOC detection after 800 epochs of OADP on COCO.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/oadp/benchmarks/faster-rcnn_resnet50-fpn_8xb2-24k_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table I gives AP 56.7, AP50 82.4, AP75 62.5.
# Hardware: 8 GPUs, 2 images each. Faster R-CNN, as VOC 2007 has no masks, all layers tuned (O-23).
_base_ = [
    '../../_base_/models/faster-rcnn_resnet50-fpn.py',
    '../../_base_/datasets/voc0712_detection.py',
    '../../_base_/schedules/det_24k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
