# Paper: SoCo 4.2, Table 1. COCO detection and instance segmentation, 2x, with neck and box head.
# Command: OADP_CKPT=work_dirs/parts.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-180k_coco.py \
#     --launcher pytorch --gpus 8
# Expected: configs/soco/README.md.
# Hardware: 8 GPUs, 2 images each.
_base_ = './mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_coco.py'

param_scheduler = [
    _base_.param_scheduler[0],
    dict(type='MultiStepLR', by_epoch=False, milestones=[120000, 160000]),
]
train_cfg = dict(max_iters=180000, val_interval=60000)
