# Paper: SoCo 4.2, Table 1. COCO detection and instance segmentation, 1x, with neck and box head.
# Command: OADP_CKPT=work_dirs/parts.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: configs/soco/README.md.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../_base_/models/mask-rcnn_resnet50-fpn-parts.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(optimizer=dict(weight_decay=2.5e-5))
train_cfg = dict(max_iters=90000, val_interval=30000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
