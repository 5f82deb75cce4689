# Paper: not in one. Mask R-CNN on 96 photos of coco128, tested on 32, from a pretrained backbone.
# Command: OADP_CKPT=work_dirs/backbone.pth OADP_DATA=path/to/data mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet18-fpn_1xb4-300i_coco128.py
# Expected: docs/reproduce.md has OADP's and those of random initialisation.
# Hardware: 2 CPU cores, about 8 minutes.
_base_ = [
    '../_base_/models/mask-rcnn_resnet18-fpn.py',
    '../_base_/datasets/coco128_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

train_dataloader = dict(batch_size=4, num_workers=1, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(num_workers=1, dataset=_base_.pop('val_data'))
optim_wrapper = dict(optimizer=dict(lr=0.01), clip_grad=dict(max_norm=10.0))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, end=20),
    dict(type='MultiStepLR', by_epoch=False, milestones=[225, 275]),
]
train_cfg = dict(max_iters=300, val_interval=300)
auto_scale_lr = dict(base_batch_size=4)
