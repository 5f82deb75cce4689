# Paper: 4.2, Table 4. COCO detection and instance segmentation, C4, schedule 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/regioncl/benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-90k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 4 gives box / mask AP of 39.8 / 34.8 for RegionCL-M, 40.3 / 35.2 for
#     RegionCL-D, 38.7 / 33.7 for RegionCL-S.
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
