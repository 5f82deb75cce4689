# Paper: ORL A (supplement). A linear layer on the frozen backbone, iNaturalist 2018.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-linear-steplr-84e_inat18.py --launcher pytorch --gpus 8
# Expected: top-1 BYOL 29.5, ORL 31.8, ORL of COCO+ 32.0 (of its main paper, quoted).
# Hardware: 8 GPUs, 32 images each. What is the code's alone: README.md.
_base_ = [
    '../_base_/models/linear_resnet50.py',
    '../_base_/datasets/inat18_classification.py',
    '../_base_/schedules/linear_sgd.py',
    '../_base_/mmpretrain_runtime.py',
]

model = dict(
    data_preprocessor=dict(num_classes=8142),
    neck=dict(type='oadp_mm.NormedPooling', channels=2048, windows=2),
    head=dict(num_classes=8142, in_channels=4 * 2048))
train_dataloader = dict(batch_size=32, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
param_scheduler = [dict(type='MultiStepLR', milestones=[24, 48, 72], gamma=0.1)]
train_cfg = dict(max_epochs=84, val_interval=12)
