# Paper: stage 1 in small, on the nuclei that ship with the package; mild views, not the paper's.
# Command: mim train mmpretrain \
#     configs/orl/orl-stage1_resnet18-w32-d16_1xb64-coslr-60e_nuclei-112x112.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images: 480 steps.
import os

_base_ = [
    '../_base_/models/orl_resnet50.py',
    '../_base_/images/nuclei.py',
    '../_base_/views/mild.py',
    '../_base_/schedules/orl.py',
    '../_base_/pretrain_runtime.py',
]

_base_.views.crop.scale = 112
train_dataloader = dict(
    batch_size=64, num_workers=2,
    dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
# 32 base channels and no stride in layer4, as OADP's.
model = dict(
    pairs=((0, 1), (1, 0)),
    backbone=dict(depth=18, base_channels=32, strides=(1, 2, 2, 1), zero_init_residual=True),
    head=dict(hidden_channels=512, out_channels=128))
optim_wrapper = dict(optimizer=dict(lr=0.1))
param_scheduler = [dict(type='oadp_mm.CosineLR', after=0.0, by_epoch=False)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 60))
auto_scale_lr = dict(base_batch_size=64)
