# Paper: MoCo v2, mmpretrain's, as the rival of RegionCL-M and SCD-MoCo in small, on photos of
#     groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/baselines/moco_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/datasets/grocery_moco_v2.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/baseline_runtime.py',
]

model = dict(
    type='MoCo',
    data_preprocessor=dict(
        type='SelfSupDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(type='ResNet', depth=18, zero_init_residual=False),
    neck=dict(type='MoCoV2Neck', in_channels=512, hid_channels=512, out_channels=128),
    head=dict(
        type='mmpretrain.ContrastiveHead',
        loss=dict(type='CrossEntropyLoss'),
        temperature=0.2),
    queue_len=1024,
    feat_dim=128,
    momentum=0.01)
sync_bn = None
