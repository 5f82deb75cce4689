"""OADP with a ResNet-50: patches of 1x1 and 2x2 cells (IV-A 2).

The grid and the pools follow the view: 224 px are 7x7 cells, with pools of 24.
"""
model = dict(
    type='oadp_mm.OADP',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor', gray=True),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),  # True where trainings are short (O-30)
    selector=dict(
        type='oadp_mm.PatchSelector', small_span=1, large_span=2, gamma=8 / 255,
        matching='mutual_information', num_bins=256),
    head=dict(
        type='oadp_mm.PredictiveHead', hidden_channels=4096, out_channels=256, loss='cosine'),
    layers=('layer1', 'layer4'),
    ema_decay=0.99)
