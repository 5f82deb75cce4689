"""RegionCL on MoBy with a Swin-T: a queue for each view, drop path online only."""
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(
        type='SelfSupDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(
        type='SwinTransformer',
        arch='tiny',
        img_size=224,
        drop_path_rate=0.2),
    target_backbone=dict(drop_path_rate=0.0),
    head=dict(
        type='oadp_mm.ContrastiveHead',
        projector=dict(hidden_channels=4096, out_channels=256),
        predictor=dict(hidden_channels=4096),
        queue_length=4096,
        queues=2,
        temperature=0.2),
    region=(3, 5),
    pairs=((0, 1), (1, 0)),
    ema_decay=0.99)
