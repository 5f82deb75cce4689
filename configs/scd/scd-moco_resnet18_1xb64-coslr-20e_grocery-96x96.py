# Paper: 4: SCD-MoCo in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/scd/scd-moco_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/models/scd-moco_resnet50.py',
    '../_base_/datasets/grocery_moco_v2.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/moco_runtime.py',
]

model = dict(
    backbone=dict(depth=18),
    head=dict(projector=dict(hidden_channels=512), queue_length=1024),
    semantic_head=dict(projector=dict(hidden_channels=512)),
    # A target that keeps 0.999 a step would hardly leave its start in 820 steps.
    ema_decay=0.99,
    final_ema_decay=0.99)
