"""mmpretrain's MoCo v2 with a ResNet-50."""
model = dict(
    type='MoCo',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    neck=dict(type='MoCoV2Neck', in_channels=2048, hid_channels=2048, out_channels=128),
    head=dict(
        type='mmpretrain.ContrastiveHead', loss=dict(type='CrossEntropyLoss'), temperature=0.2),
    queue_len=65536,
    feat_dim=128,
    momentum=0.001)
