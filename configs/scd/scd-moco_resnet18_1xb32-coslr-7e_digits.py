# Paper: 4: SCD-MoCo in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/scd/scd-moco_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
_base_ = [
    '../_base_/models/scd-moco_resnet50.py',
    '../_base_/datasets/digits_moco_v2.py',
    '../_base_/schedules/sgd_coslr_digits.py',
    '../_base_/moco_runtime.py',
]

model = dict(
    backbone=dict(depth=18),
    head=dict(projector=dict(hidden_channels=512), queue_length=256),
    semantic_head=dict(projector=dict(hidden_channels=512)),
    # A target that keeps 0.999 a step would not leave its start in 98 steps.
    ema_decay=0.99,
    final_ema_decay=0.99)
