# Paper: 4.2, Table 5. COCO detection and instance segmentation, C4, schedule 2x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/regioncl/benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-180k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 5 gives box / mask AP of 41.5 / 35.9 for RegionCL-M, 41.8 / 36.4 for
#     RegionCL-D, 40.7 / 35.4 for RegionCL-S.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-c4.py',
    '../../_base_/datasets/coco_instance.py',
    '../../_base_/schedules/det_180k.py',
    '../../_base_/mmdet_runtime.py',
]

pretrained = dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')
model = dict(
    backbone=dict(init_cfg=dict(pretrained, only=('conv1', 'bn1', 'layer1', 'layer2', 'layer3'))),
    roi_head=dict(shared_head=dict(layer=dict(init_cfg=dict(pretrained, only='layer4')))))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
