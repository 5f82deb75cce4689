# Paper: A.3 and B.2, Table 6. Fine-tuning on 10 % of the labels (SCD-BYOL).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/scd/benchmarks/resnet50_8xb32-semi-byol-steplr-50e_in1k-10pct.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 6 gives top-1 67.7 and top-5 88.2 for SCD-BYOL, 68.9 and 89.0
#     for SCD-BYOL (2x).
# Hardware: 8 GPUs, 32 images each. SimCLR's subset (../README.md).
_base_ = [
    '../../_base_/models/finetune-in1k_resnet50.py',
    '../../_base_/datasets/imagenet_classification.py',
    '../../_base_/schedules/semi_steplr_50e.py',
    '../../_base_/mmpretrain_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
optim_wrapper = dict(
    optimizer=dict(lr=5.0),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=1e-4 / 5.0))))
train_dataloader = dict(dataset=dict(ann_file='meta/train_10percent_labels.txt'))
