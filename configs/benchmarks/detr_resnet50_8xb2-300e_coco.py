# Paper: OADP IV-B 3, Table IV. COCO detection by DETR; all stages of the backbone are trained.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/detr_resnet50_8xb2-300e_coco.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md (O-31: far below DETR's usual level, good for comparison only).
# Hardware: 8 GPUs, 2 images each. Learning rates and length are the text's, what it leaves open is
#     UP-DETR's code: AdamW, weight decay, clipping, the fall at epoch 200 and the images' sizes.
_base_ = [
    '../_base_/models/detr_resnet50.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/mmdet_runtime.py',
]

# Boxes without masks, at the sizes of DETR, half of them after a crop.
_base_.train_data.pipeline[1].pop('with_mask')
_base_.val_data.pipeline[2].pop('with_mask')
_base_.train_data.pipeline[2] = dict(type='RandomChoice', transforms=[
    [dict(
        type='RandomChoiceResize', scales=[(1333, side) for side in range(480, 801, 32)],
        keep_ratio=True)],
    [
        dict(
            type='RandomChoiceResize', scales=[(1333, side) for side in (400, 500, 600)],
            keep_ratio=True),
        dict(
            type='RandomCrop', crop_type='absolute_range', crop_size=(384, 600),
            allow_negative_crop=True),
        dict(
            type='RandomChoiceResize', scales=[(1333, side) for side in range(480, 801, 32)],
            keep_ratio=True),
    ],
])
train_dataloader = dict(
    batch_size=2, sampler=dict(type='DefaultSampler'), dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
val_evaluator = test_evaluator = dict(metric='bbox')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-4, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.5))),
    clip_grad=dict(max_norm=0.1))
param_scheduler = [dict(type='MultiStepLR', milestones=[200], gamma=0.1)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=300, val_interval=50)
default_hooks = dict(
    logger=dict(log_metric_by_epoch=True), checkpoint=dict(by_epoch=True, interval=10))
log_processor = dict(by_epoch=True)
auto_scale_lr = dict(base_batch_size=16, enable=False)
