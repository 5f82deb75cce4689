# Paper: SCD 5.2 and A.2, Table 1 (SCD-BYOL). A linear layer on the frozen backbone.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-linear-coslr-100e_in1k.py --launcher pytorch --gpus 8
# Expected: configs/scd/README.md.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../_base_/models/linear_resnet50.py',
    '../_base_/datasets/imagenet_classification.py',
    '../_base_/mmpretrain_runtime.py',
]

train_dataloader = dict(batch_size=32, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=30.0, momentum=0.9, weight_decay=0.0))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=100, val_interval=10)
auto_scale_lr = dict(base_batch_size=256, enable=False)
