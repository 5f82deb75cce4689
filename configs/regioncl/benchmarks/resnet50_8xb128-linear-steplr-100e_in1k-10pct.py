# Paper: 4.1, Table 3. A linear layer on the frozen backbone, 10 % of the labels.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/regioncl/benchmarks/resnet50_8xb128-linear-steplr-100e_in1k-10pct.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 3 gives top-1 60.4 for RegionCL-M, 60.4 for -D, 59.9 for -S.
# Hardware: 8 GPUs, 128 images each. The schedule is that of all labels, since the paper gives none;
#     its random subset is unknown, this one is SimCLR's (../../scd/README.md).
_base_ = [
    '../../_base_/models/linear-in1k_resnet50.py',
    '../../_base_/datasets/imagenet_classification.py',
    '../../_base_/schedules/linear_steplr_100e.py',
    '../../_base_/mmpretrain_runtime.py',
]

model = dict(backbone=dict(init_cfg=dict(
    type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]
train_dataloader = dict(batch_size=128, dataset=dict(ann_file='meta/train_10percent_labels.txt'))
