# Paper: SoCo 4.2, Table 2. COCO detection and instance segmentation, C4, 1x, a lower weight decay.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-c4_8xb2-ms-90k-wd25e-6_coco.py \
#     --launcher pytorch --gpus 8
# Expected: configs/soco/README.md.
# Hardware: 8 GPUs, 2 images each.
_base_ = './mask-rcnn_resnet50-c4_8xb2-ms-90k_coco.py'

optim_wrapper = dict(optimizer=dict(weight_decay=2.5e-5))
