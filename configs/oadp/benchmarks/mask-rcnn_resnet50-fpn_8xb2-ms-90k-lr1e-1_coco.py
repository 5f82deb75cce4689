# Paper: IV-B 3 to the letter: lr 0.1 for 16 images a step, five times the usual (O-22).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/oadp/benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k-lr1e-1_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table III gives box AP 40.5 / 60.4 / 44.3, mask AP 36.4 / 57.4 / 38.9.
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
optim_wrapper = dict(optimizer=dict(lr=0.1))
