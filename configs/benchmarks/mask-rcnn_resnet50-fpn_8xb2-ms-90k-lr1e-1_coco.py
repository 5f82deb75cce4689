# Paper: OADP IV-B 3 to the letter: lr 0.1 for 16 images a step, five times the usual (O-22).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn_8xb2-ms-90k-lr1e-1_coco.py \
#     --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 images each.
_base_ = './mask-rcnn_resnet50-fpn_8xb2-ms-90k_coco.py'

optim_wrapper = dict(optimizer=dict(lr=0.1))
