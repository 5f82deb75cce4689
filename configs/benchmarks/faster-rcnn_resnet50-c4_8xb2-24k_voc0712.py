# Paper: SCD 5.3 and A.4, Table 2. VOC detection, C4.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/faster-rcnn_resnet50-c4_8xb2-24k_voc0712.py --launcher pytorch --gpus 8
# Expected: configs/scd/README.md.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../_base_/models/mask-rcnn_resnet50-c4.py',
    '../_base_/datasets/voc0712_detection.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

model = dict(
    type='FasterRCNN', data_preprocessor=dict(pad_mask=False),
    roi_head=dict(bbox_head=dict(num_classes=20), mask_head=None))
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, end=100),
    dict(type='MultiStepLR', by_epoch=False, milestones=[18000, 22000]),
]
train_cfg = dict(max_iters=24000, val_interval=24000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
