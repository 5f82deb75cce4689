# Paper: not in it. Mask R-CNN on digit scenes, from the backbone that OADP trained.
# Command: OADP_CKPT=backbone.pth mim train onedl-mmdetection \
#     configs/demo/mask-rcnn_resnet18-fpn_oadp-pre_digits.py (make demo runs it)
# Expected: the table of `make demo`.
# Hardware: 2 CPU cores, minutes.
import os

_base_ = [
    '../_base_/models/mask-rcnn_resnet18-fpn.py',
    '../_base_/datasets/digits_instance.py',
    '../_base_/mmdet_runtime.py',
]

model = dict(
    backbone=dict(init_cfg=dict(
        checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/demo/export/backbone.pth'))),
    roi_head=dict(bbox_head=dict(num_classes=10), mask_head=dict(num_classes=10)),
    # a scene holds at most 8; a low threshold lets a poor detector be measured too
    test_cfg=dict(rcnn=dict(score_thr=0.001, max_per_img=30)))
train_dataloader = dict(
    batch_size=4, num_workers=1, batch_sampler=None, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(batch_size=4, num_workers=1, dataset=_base_.pop('val_data'))
# AdamW because SGD needs thousands of steps from random weights; both starts get the same.
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='AdamW', lr=5e-4, weight_decay=0.05),
    paramwise_cfg=dict(norm_decay_mult=0.0), clip_grad=dict(max_norm=10.0))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=1 / 8, start_factor=0.01, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=1 / 8, by_epoch=False),
]
steps = 40 if os.environ.get('OADP_QUICK') == '1' else 130
train_cfg = dict(max_iters=steps, val_interval=steps)
default_hooks = dict(logger=dict(interval=5), checkpoint=dict(interval=20))
