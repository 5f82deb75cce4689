"""mmpretrain's SimCLR with a ResNet-50."""
model = dict(
    type='SimCLR',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    neck=dict(
        type='NonLinearNeck', in_channels=2048, hid_channels=2048, out_channels=128, num_layers=2),
    head=dict(
        type='mmpretrain.ContrastiveHead', loss=dict(type='CrossEntropyLoss'), temperature=0.1))
