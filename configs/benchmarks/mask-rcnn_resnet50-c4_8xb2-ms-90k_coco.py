# Paper: SCD 5.3 and A.4, Table 2. COCO detection and instance segmentation, C4, 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-90k_coco.py --launcher pytorch --gpus 8
# Expected: configs/scd/README.md.
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../_base_/models/mask-rcnn_resnet50-c4.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
train_cfg = dict(max_iters=90000, val_interval=30000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
