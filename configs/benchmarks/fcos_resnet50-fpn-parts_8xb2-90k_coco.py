# Paper: SoCo 4.5, Table 7b. COCO detection by FCOS, 1x, with the neck.
# Command: OADP_CKPT=work_dirs/parts.pth mim train onedl-mmdetection \
#     configs/benchmarks/fcos_resnet50-fpn-parts_8xb2-90k_coco.py --launcher pytorch --gpus 8
# Expected: configs/soco/README.md.
# Hardware: 8 GPUs, 2 images each. The host's recipe: one size, lr 0.01 and twice that for biases,
#   which do not decay.
_base_ = [
    '../_base_/models/fcos_resnet50-fpn-parts.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

# Boxes without masks.
_base_.train_data.pipeline[1].pop('with_mask')
_base_.val_data.pipeline[2].pop('with_mask')
_base_.train_data.pipeline[2] = dict(type='Resize', scale=(1333, 800), keep_ratio=True)
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
val_evaluator = test_evaluator = dict(metric='bbox')
optim_wrapper = dict(
    optimizer=dict(lr=0.01), paramwise_cfg=dict(bias_lr_mult=2.0, bias_decay_mult=0.0),
    clip_grad=dict(max_norm=35.0))
param_scheduler = [
    dict(type='ConstantLR', factor=1 / 3, by_epoch=False, end=500),
    _base_.param_scheduler[1],
]
train_cfg = dict(max_iters=90000, val_interval=30000)
