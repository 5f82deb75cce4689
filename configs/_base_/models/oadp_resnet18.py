"""OADP with a ResNet-18: 5x5 grid of a 160 px view, for runs of minutes on a CPU."""
model = dict(
    type='oadp_mm.OADP',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor', gray=True),
    backbone=dict(
        type='ResNet',
        depth=18,
        norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    selector=dict(
        type='oadp_mm.PatchSelector',
        grid=5,
        small_span=1,
        large_span=2,
        k=10,
        gamma=8 / 255,
        matching='mutual_information',
        num_bins=256),
    head=dict(
        type='oadp_mm.PredictiveHead', hidden_channels=1024, out_channels=256, loss='cosine'),
    layers=('layer1', 'layer4'),
    ema_decay=0.99)
