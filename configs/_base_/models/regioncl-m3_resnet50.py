"""RegionCL on MoCo v3 with a ResNet-50: the batch's other images are the negatives."""
temperature = 1.0
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
        type='oadp_mm.InBatchContrastiveHead',
        projector=dict(
            hidden_channels=4096, out_channels=256, bias=False, last_bias=False, last_norm=True),
        predictor=dict(hidden_channels=4096, bias=False, last_bias=False),
        temperature=temperature,
        loss_weight=2 * temperature),
    region=(3, 5),
    pairs=((0, 1), (1, 0)),
    ema_decay=0.996)
