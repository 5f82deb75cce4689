# Paper: IV-B 1 to the letter: the backbone frozen, 32 images a step, lr 0.02 (O-22, O-23).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/oadp/benchmarks/faster-rcnn_resnet50-fpn_8xb4-frozen-24k_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table I gives AP 56.7, AP50 82.4, AP75 62.5 without saying which of the two.
# Hardware: 8 GPUs, 4 images each.
_base_ = [
    '../../_base_/models/faster-rcnn_resnet50-fpn.py',
    '../../_base_/datasets/voc0712_detection.py',
    '../../_base_/schedules/det_24k.py',
    '../../_base_/mmdet_runtime.py',
]

model = dict(backbone=dict(
    frozen_stages=4,
    norm_eval=True,
    init_cfg=dict(
        type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
train_dataloader = dict(batch_size=4)
