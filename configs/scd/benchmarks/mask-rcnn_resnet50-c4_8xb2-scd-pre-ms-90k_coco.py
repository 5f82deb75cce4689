# Paper: 5.3 and A.4, Table 2. COCO detection and instance segmentation, C4, schedule 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/scd/benchmarks/mask-rcnn_resnet50-c4_8xb2-scd-pre-ms-90k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 2 gives box / mask AP of 39.3 / 34.4 for SCD-MoCo and SCD-BYOL,
#     39.5 / 34.6 for SCD-BYOL (2x).
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-c4.py',
    '../../_base_/datasets/coco_instance.py',
    '../../_base_/schedules/det_90k.py',
    '../../_base_/mmdet_runtime.py',
]

pretrained = dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')
model = dict(
    backbone=dict(init_cfg=dict(pretrained, only=('conv1', 'bn1', 'layer1', 'layer2', 'layer3'))),
    roi_head=dict(shared_head=dict(layer=dict(init_cfg=dict(pretrained, only='layer4')))))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
