# Paper: 3: RegionCL-S in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/regioncl/regioncl-s_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/models/regioncl-s_resnet50.py',
    '../_base_/datasets/grocery_moco_v2.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/pretrain_runtime.py',
]

# A view of 96 px is a map of 3x3 cells.
model = dict(
    backbone=dict(depth=18),
    head=dict(
        hidden_channels=512,
        out_channels=256,
        predictor=dict(hidden_channels=128)),
    region=(1, 2))
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={'head.predictor': dict(fix_lr=True)}))
# The predictor's learning rate does not fall (SimSiam).
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='SimSiamHook', fix_pred_lr=True, lr=0.03, adjust_by_epoch=False),
]
