# Paper: III in small, on the nuclei that ship with the package, with the paper's views.
# Command: mim train mmpretrain \
#     configs/oadp/oadp_resnet18-w32-d16_1xb64-coslr-60e-paper-views_nuclei-112x112.py
# Expected: not in the paper; docs/evidence.md has its probes beside those of mild views.
# Hardware: 2 CPU cores, 64 images: 480 steps, minutes.
import os

_base_ = [
    '../_base_/models/oadp_resnet50.py',
    '../_base_/images/nuclei.py',
    '../_base_/views/oadp.py',
    '../_base_/schedules/oadp.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=64, num_workers=2,
    dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_dataloader['dataset']['views']['crop']['size'] = 112
# 32 base channels and no stride in layer4: 112 px are a grid of 7x7 cells, as 224 px in the paper.
model = dict(
    backbone=dict(depth=18, base_channels=32, strides=(1, 2, 2, 1), zero_init_residual=True),
    selector=dict(stride=16), head=dict(hidden_channels=512, out_channels=128))
optim_wrapper = dict(optimizer=dict(lr=0.1))
param_scheduler = [dict(type='oadp_mm.CosineLR', after=0.0, by_epoch=False)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 60))
auto_scale_lr = dict(base_batch_size=64)
