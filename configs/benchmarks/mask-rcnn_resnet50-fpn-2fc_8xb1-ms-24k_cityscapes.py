# Paper: RegionCL 4.3, Table 7. Cityscapes instance segmentation by MoCo's recipe.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb1-ms-24k_cityscapes.py \
#     --launcher pytorch --gpus 8
# Expected: configs/regioncl/README.md.
# Hardware: 8 GPUs, 1 image each. Needs the package cityscapesscripts (`.[cityscapes]`).
_base_ = [
    '../_base_/models/mask-rcnn_resnet50-fpn.py',
    '../_base_/datasets/cityscapes_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

model = dict(roi_head=dict(bbox_head=dict(num_classes=8), mask_head=dict(num_classes=8)))
train_dataloader = dict(batch_size=1, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(optimizer=dict(lr=0.01))
param_scheduler = [
    _base_.param_scheduler[0],
    dict(type='MultiStepLR', by_epoch=False, milestones=[18000]),
]
train_cfg = dict(max_iters=24000, val_interval=24000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
auto_scale_lr = dict(base_batch_size=8)
