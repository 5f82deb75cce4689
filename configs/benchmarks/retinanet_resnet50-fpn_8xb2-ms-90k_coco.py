# Paper: RegionCL 4.2, Table 6. COCO detection by RetinaNet, 1x.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/retinanet_resnet50-fpn_8xb2-ms-90k_coco.py --launcher pytorch --gpus 8
# Expected: configs/regioncl/README.md.
# Hardware: 8 GPUs, 2 images each.
import os

_base_ = [
    'mmdet::_base_/models/retinanet_r50_fpn.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/detection.py',
    '../_base_/mmdet_runtime.py',
]

# Nothing is frozen, as the host's model is; batch norm in backbone and FPN, but for P6 and P7 (the
# logs count 59).
model = dict(
    backbone=dict(frozen_stages=-1, norm_eval=False, init_cfg=dict(
        type='oadp_mm.CheckedPretrained',
        checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/backbone.pth'))),
    neck=dict(
        _delete_=True, type='oadp_mm.ExtendedPyramid', in_channels=2048, channels=256,
        pyramid=dict(
            type='FPN', in_channels=[256, 512, 1024, 2048], out_channels=256, start_level=1,
            num_outs=3, norm_cfg=dict(type='BN', requires_grad=True))))
# Boxes without masks.
_base_.train_data.pipeline[1].pop('with_mask')
_base_.val_data.pipeline[2].pop('with_mask')
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
val_evaluator = test_evaluator = dict(metric='bbox')
optim_wrapper = dict(optimizer=dict(lr=0.01))
train_cfg = dict(max_iters=90000, val_interval=30000)
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.PreciseBNHook')]
