# Paper: 4.3, Table 7. Cityscapes instance segmentation by MoCo's recipe.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/regioncl/benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 7 gives AP 34.9 / AP50 62.5 for RegionCL-M, 34.8 / 62.3 for -D, 34.9 /
#     61.6 for -S; it prints AP75 above the second column, which Cityscapes' measure does not have.
# Hardware: 8 GPUs, 1 image each. Testing needs the package cityscapesscripts.
_base_ = [
    '../../_base_/models/mask-rcnn_resnet50-fpn-2fc.py',
    '../../_base_/datasets/cityscapes_instance.py',
    '../../_base_/schedules/det_cityscapes_24k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(
    backbone=dict(init_cfg=dict(
        type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')),
    roi_head=dict(bbox_head=dict(num_classes=8), mask_head=dict(num_classes=8)))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
