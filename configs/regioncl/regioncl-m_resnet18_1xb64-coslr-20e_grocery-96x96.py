# Paper: 3: RegionCL-M in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/regioncl/regioncl-m_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/datasets/grocery_moco_v2.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/moco_runtime.py',
]

# A view of 96 px is a map of 3x3 cells.
model = dict(
    backbone=dict(depth=18),
    head=dict(projector=dict(hidden_channels=512), queue_length=1024),
    region=(1, 2),
    # A target that keeps 0.999 a step would hardly leave its start in 820 steps.
    ema_decay=0.99,
    final_ema_decay=0.99)
