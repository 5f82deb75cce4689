# Paper: 3 in small, on the nuclei that ship with the package; mild views, not the paper's.
# Command: oadp-mm proposals nuclei --out work_dirs/proposals.npz
#     mim train mmpretrain configs/soco/soco_resnet18-w32-d16_1xb64-coslr-60e_nuclei-112x112.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images: 480 steps.
import os

_base_ = [
    '../_base_/models/soco_resnet50.py',
    '../_base_/images/nuclei.py',
    '../_base_/proposals.py',
    '../_base_/views/soco_mild.py',
    '../_base_/schedules/oadp.py',
    '../_base_/pretrain_runtime.py',
]

_base_.views.crop.scale = _base_.views.each.view1.crop.scale = 112
_base_.views.each.view3.crop.scale = 56
train_dataloader = dict(batch_size=64, num_workers=2, dataset=dict(
    dataset=_base_.pop('images'), proposals=_base_.pop('proposals'), views=_base_.pop('views')))
# 32 base channels and no stride in layer4, as OADP's. Levels are those of half the pixels.
model = dict(
    backbone=dict(depth=18, base_channels=32, strides=(1, 2, 2, 1)),
    neck=dict(out_channels=64), box_head=dict(conv_channels=64, fc_channels=256),
    head=dict(hidden_channels=512, out_channels=128), bounds=(24, 48, 96, 112))
optim_wrapper = dict(optimizer=dict(lr=0.1))
param_scheduler = [dict(type='oadp_mm.CosineLR', after=0.0, by_epoch=False)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 60))
auto_scale_lr = dict(base_batch_size=64)
