# Paper: ORL A (supplement). A linear layer on the frozen backbone, Places205.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-linear-steplr-14e_places205.py --launcher pytorch --gpus 8
# Expected: top-1 BYOL 50.5, ORL 52.7, ORL of COCO+ 54.1 (of its main paper, quoted).
# Hardware: 8 GPUs, 32 images each. What is the code's alone: README.md.
_base_ = [
    '../_base_/models/linear_resnet50.py',
    '../_base_/datasets/places205_classification.py',
    '../_base_/schedules/linear_sgd.py',
    '../_base_/mmpretrain_runtime.py',
]

model = dict(
    data_preprocessor=dict(num_classes=205),
    neck=dict(type='oadp_mm.NormedPooling', channels=2048, windows=2),
    head=dict(num_classes=205, in_channels=4 * 2048))
train_dataloader = dict(batch_size=32, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
param_scheduler = [dict(type='MultiStepLR', milestones=[4, 8, 12], gamma=0.1)]
train_cfg = dict(max_epochs=14, val_interval=2)
