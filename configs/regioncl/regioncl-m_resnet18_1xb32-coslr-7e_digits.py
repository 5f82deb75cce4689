# Paper: 3: RegionCL-M in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/datasets/digits_moco_v2.py',
    '../_base_/schedules/sgd_coslr_digits.py',
    '../_base_/moco_runtime.py',
]

# A view of 128 px is a map of 4x4 cells.
model = dict(
    backbone=dict(depth=18),
    head=dict(projector=dict(hidden_channels=512), queue_length=256),
    region=(1, 3),
    # A target that keeps 0.999 a step would not leave its start in 98 steps.
    ema_decay=0.99,
    final_ema_decay=0.99)
