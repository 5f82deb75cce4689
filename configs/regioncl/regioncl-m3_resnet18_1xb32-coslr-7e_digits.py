# Paper: 4.1: RegionCL-M3 in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/regioncl/regioncl-m3_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
_base_ = [
    '../_base_/models/regioncl-m3_resnet50.py',
    '../_base_/datasets/digits_byol.py',
    '../_base_/schedules/sgd_coslr_digits.py',
    '../_base_/pretrain_runtime.py',
]

# A view of 128 px is a map of 4x4 cells.
model = dict(
    backbone=dict(depth=18),
    head=dict(projector=dict(hidden_channels=1024), predictor=dict(hidden_channels=1024)),
    region=(1, 3),
    ema_decay=0.99)
