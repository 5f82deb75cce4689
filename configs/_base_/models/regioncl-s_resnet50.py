"""RegionCL on SimSiam (A.7): no EMA, no negatives."""
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(
        type='SelfSupDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(
        type='ResNet',
        depth=50,
        norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=True),
    head=dict(
        type='oadp_mm.PredictiveHead',
        hidden_channels=2048,
        out_channels=2048,
        projector=dict(layers=3, bias=False, last_bias=False, last_norm=True),
        predictor=dict(hidden_channels=512, bias=False),
        loss_weight=0.25),  # SimSiam's mean over both directions of -cos, not a sum of 2 - 2 cos
    region=(3, 5),
    negative=False,
    pairs=((0, 1), (1, 0)),
    ema_decay=None)
