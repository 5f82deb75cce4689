# Paper: IV-B 2, Table II (and VIII-XIII). VOC 2007 classification: a linear layer, backbone frozen.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/oadp/benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py
# Expected: the paper's Table II gives 86.9 "accuracy" after COCO, 66.8 after VOC 07+12. Images have
#     several labels and the table mixes protocols (O-24): mAP and hit@1 are both reported here.
# Hardware: 1 GPU, 16 images. lr 0.03 and 200 epochs are the paper's; it gives no batch or schedule.
_base_ = [
    '../../_base_/models/linear_resnet50.py',
    '../../_base_/datasets/voc07_classification.py',
    '../../_base_/schedules/linear_200e.py',
    '../../_base_/mmpretrain_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
