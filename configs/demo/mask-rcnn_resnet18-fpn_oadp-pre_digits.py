# Paper: not in it. Mask R-CNN on digit scenes, from the backbone that OADP trained.
# Command: OADP_CKPT=backbone.pth mim train onedl-mmdetection \
#     configs/demo/mask-rcnn_resnet18-fpn_oadp-pre_digits.py (make demo runs it)
# Expected: the table of `make demo`.
# Hardware: 2 CPU cores, minutes.
_base_ = [
    '../_base_/models/mask-rcnn_resnet18-fpn.py',
    '../_base_/datasets/digits_instance.py',
    '../_base_/schedules/det_digits.py',
    '../_base_/mmdet_runtime.py',
]

model = dict(
    backbone=dict(init_cfg=dict(
        type='oadp_mm.CheckedPretrained',
        checkpoint='{{$OADP_CKPT:work_dirs/demo/export/backbone.pth}}')),
    roi_head=dict(bbox_head=dict(num_classes=10), mask_head=dict(num_classes=10)),
    # a scene holds at most 8; a low threshold lets a poor detector be measured too
    test_cfg=dict(rcnn=dict(score_thr=0.001, max_per_img=30)))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
default_hooks = dict(logger=dict(interval=5), checkpoint=dict(interval=20))
