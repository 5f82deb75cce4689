"""RegionCL on MoCo v2 (A.7): one queue and projector for views, pastes and canvases."""
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    head=dict(
        type='oadp_mm.ContrastiveHead',
        projector=dict(hidden_channels=2048, out_channels=128, norm=False), queue_length=65536,
        temperature=0.2),
    region=(3, 5),
    shuffle_bn=True,
    ema_decay=0.999,
    final_ema_decay=0.999)
