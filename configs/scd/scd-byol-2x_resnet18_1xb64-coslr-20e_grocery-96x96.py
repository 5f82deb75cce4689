# Paper: 4: SCD-BYOL (2x) in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/scd/scd-byol-2x_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/datasets/grocery_byol.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(
    backbone=dict(depth=18),
    head=dict(hidden_channels=1024, out_channels=256),
    semantic_head=dict(projector=dict(hidden_channels=1024, out_channels=256)),
    pairs=((0, 1), (1, 0)))
