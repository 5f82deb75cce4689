# Paper: RegionCL 4.5, Tables 9 and 10. COCO instance segmentation after 12,000 steps.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-2fc_8xb2-ms-12k_coco.py --launcher pytorch --gpus 8
# Expected: box AP behind each row of regioncl-m_tables9-10; 28.0 / 25.6 of the first.
# Hardware: 8 GPUs, 2 images each. Where the rate falls is not published: here at the shares of 1x,
#     and the detector is that of Table 5, which the paper does not name here.
_base_ = './mask-rcnn_resnet50-fpn-2fc_8xb2-ms-90k_coco.py'

param_scheduler = [
    _base_.param_scheduler[0],
    dict(type='MultiStepLR', by_epoch=False, milestones=[8000, 10667]),
]
train_cfg = dict(max_iters=12000, val_interval=12000)
