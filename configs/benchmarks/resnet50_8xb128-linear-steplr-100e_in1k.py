# Paper: RegionCL 4.1, Table 1 (-M, -D). A linear layer on the frozen backbone as in MoCo v2.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb128-linear-steplr-100e_in1k.py --launcher pytorch --gpus 8
# Expected: configs/regioncl/README.md.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../_base_/models/linear_resnet50.py',
    '../_base_/datasets/imagenet_classification.py',
    '../_base_/mmpretrain_runtime.py',
]

train_dataloader = dict(batch_size=128, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=30.0, momentum=0.9, weight_decay=0.0))
param_scheduler = [dict(type='MultiStepLR', milestones=[60, 80], gamma=0.1)]
train_cfg = dict(max_epochs=100, val_interval=10)
auto_scale_lr = dict(base_batch_size=1024, enable=False)
