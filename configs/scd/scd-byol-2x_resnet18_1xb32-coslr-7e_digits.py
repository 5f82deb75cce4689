# Paper: 4: SCD-BYOL (2x) in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/scd/scd-byol-2x_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/datasets/digits_byol.py',
    '../_base_/schedules/sgd_coslr_digits.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(
    backbone=dict(depth=18),
    head=dict(hidden_channels=1024, out_channels=256),
    semantic_head=dict(projector=dict(hidden_channels=1024, out_channels=256)),
    pairs=((0, 1), (1, 0)))
