# Paper: 5.3 and A.4, Table 2. VOC detection, C4.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/scd/benchmarks/faster-rcnn_resnet50-c4_8xb2-scd-pre-24k_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 2 gives AP / AP50 / AP75 of 57.3 / 82.6 / 64.0 for SCD-MoCo,
#     57.1 / 82.6 / 64.0 for SCD-BYOL, 57.3 / 82.7 / 64.1 for SCD-BYOL (2x).
# Hardware: 8 GPUs, 2 images each.
_base_ = [
    '../../_base_/models/faster-rcnn_resnet50-c4.py',
    '../../_base_/datasets/voc0712_detection.py',
    '../../_base_/schedules/det_24k.py',
    '../../_base_/mmdet_runtime.py',
]

pretrained = dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')
model = dict(
    backbone=dict(init_cfg=dict(pretrained, only=('conv1', 'bn1', 'layer1', 'layer2', 'layer3'))),
    roi_head=dict(shared_head=dict(layer=dict(init_cfg=dict(pretrained, only='layer4')))))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
