# Paper: OADP IV-B 3, Table III; SCD B.1, Table 5; ORL A. COCO boxes and masks, 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md, configs/scd/README.md; ORL 40.3 / 36.3, its BYOL 39.5 (box).
# Hardware: 8 GPUs, 2 images each. lr 0.02, that of the rows that OADP compares with (O-22).
_base_ = [
    '../_base_/models/mask-rcnn_resnet50-fpn.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

# Normalised heads, a box head of 4 convolutions: as in the rows that Table III compares with (ORL).
norm_cfg = dict(type='BN', requires_grad=True)
model = dict(roi_head=dict(
    bbox_head=dict(type='Shared4Conv1FCBBoxHead', norm_cfg=norm_cfg),
    mask_head=dict(norm_cfg=norm_cfg)))
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
train_cfg = dict(max_iters=90000, val_interval=30000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
