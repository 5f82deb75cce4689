# Paper: 4.1: RegionCL-M3 in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/regioncl/regioncl-m3_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
import os

_base_ = './regioncl-m3_resnet50_32xb128-coslr-1000e_in1k.py'

train_dataloader = dict(batch_size=32, num_workers=1, dataset=dict(
    dataset=dict(_delete_=True, type='oadp_mm.DigitScenes', num_scenes=448, size=(160, 160)),
    views=dict(crop=dict(scale=128, crop_ratio_range=(0.08, 1.0), interpolation='bicubic'))))
# A view of 128 px is a map of 4x4 cells.
model = dict(
    backbone=dict(depth=18, zero_init_residual=True),
    head=dict(projector=dict(hidden_channels=1024), predictor=dict(hidden_channels=1024)),
    region=(1, 3), ema_decay=0.99)
optim_wrapper = dict(_delete_=True, type='OptimWrapper', optimizer=dict(
    type='SGD', lr=0.015, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
quick = os.environ.get('OADP_QUICK') == '1'
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or (4 if quick else 7)))
auto_scale_lr = dict(base_batch_size=32)
