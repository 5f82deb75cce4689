# Paper: OADP IV-B 1, Table I. VOC detection.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/faster-rcnn_resnet50-fpn_8xb2-24k_voc0712.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 images each. Faster R-CNN, as VOC 2007 has no masks, all layers tuned (O-23).
import os

_base_ = [
    'mmdet::_base_/models/faster-rcnn_r50_fpn.py',
    '../_base_/datasets/voc0712_detection.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

# The host's model freezes the stem and layer1 and keeps ImageNet's BN statistics; its box head has
# no normalisation. Detectors of self-supervised work use four normalised convolutions.
norm_cfg = dict(type='BN', requires_grad=True)
model = dict(
    backbone=dict(frozen_stages=-1, norm_eval=False, init_cfg=dict(
        type='oadp_mm.CheckedPretrained',
        checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    neck=dict(norm_cfg=norm_cfg),
    roi_head=dict(
        bbox_head=dict(type='Shared4Conv1FCBBoxHead', norm_cfg=norm_cfg, num_classes=20)))
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, end=100),
    dict(type='MultiStepLR', by_epoch=False, milestones=[18000, 22000]),
]
train_cfg = dict(max_iters=24000, val_interval=24000)
