"""SCD on BYOL (A.1), one direction: margin 1 and weight 0.5 of the semantic discrimination."""
model = dict(
    type='oadp_mm.SCD',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    head=dict(type='oadp_mm.PredictiveHead', hidden_channels=4096, out_channels=512),
    semantic_head=dict(
        type='oadp_mm.SemanticHead', projector=dict(hidden_channels=4096, out_channels=512),
        margin=1.0, loss_weight=0.5),
    ema_decay=0.99)
