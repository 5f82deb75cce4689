# Paper: BYOL, mmpretrain's, as the rival of SCD-BYOL and OADP in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/baselines/byol_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/datasets/grocery_byol.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/baseline_runtime.py',
]

model = dict(
    type='BYOL',
    data_preprocessor=dict(
        type='SelfSupDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(type='ResNet', depth=18, zero_init_residual=False),
    neck=dict(
        type='NonLinearNeck',
        in_channels=512,
        hid_channels=1024,
        out_channels=256,
        num_layers=2,
        with_bias=True,
        with_last_bias=True,
        with_last_bn=False),
    head=dict(
        type='LatentPredictHead',
        loss=dict(type='CosineSimilarityLoss'),
        predictor=dict(
            type='NonLinearNeck',
            in_channels=256,
            hid_channels=1024,
            out_channels=256,
            num_layers=2,
            with_bias=True,
            with_last_bias=True,
            with_last_bn=False,
            with_avg_pool=False)),
    base_momentum=0.01)
