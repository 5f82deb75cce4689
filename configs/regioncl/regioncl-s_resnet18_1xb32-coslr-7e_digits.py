# Paper: 3: RegionCL-S in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/regioncl/regioncl-s_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
_base_ = [
    '../_base_/models/regioncl-s_resnet50.py',
    '../_base_/datasets/digits_moco_v2.py',
    '../_base_/schedules/sgd_coslr_digits.py',
    '../_base_/pretrain_runtime.py',
]

# A view of 128 px is a map of 4x4 cells.
model = dict(
    backbone=dict(depth=18),
    head=dict(
        hidden_channels=512,
        out_channels=256,
        predictor=dict(hidden_channels=128)),
    region=(1, 3))
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={'head.predictor': dict(fix_lr=True)}))
# The predictor's learning rate does not fall (SimSiam).
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='SimSiamHook', fix_pred_lr=True, lr=0.015, adjust_by_epoch=False),
]
