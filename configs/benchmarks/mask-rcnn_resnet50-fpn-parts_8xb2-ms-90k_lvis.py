# Paper: SoCo 4.5, Table 6. LVIS v1 detection and instance segmentation, 1x.
# Command: OADP_CKPT=work_dirs/parts.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis.py \
#     --launcher pytorch --gpus 8
# Expected: configs/soco/README.md.
# Hardware: 8 GPUs, 2 images each. 90,000 steps, as the authors' config of this row has them;
#   detectron2 itself calls twice as many 1x. Needs the package lvis.
_base_ = [
    '../_base_/models/mask-rcnn_resnet50-fpn-parts.py',
    '../_base_/datasets/lvis_v1_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

model = dict(
    roi_head=dict(bbox_head=dict(num_classes=1203), mask_head=dict(num_classes=1203)),
    test_cfg=dict(rcnn=dict(score_thr=1e-4, max_per_img=300)))
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(optimizer=dict(weight_decay=2.5e-5))
train_cfg = dict(max_iters=90000, val_interval=30000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
