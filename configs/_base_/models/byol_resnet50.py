"""mmpretrain's BYOL with a ResNet-50, and the momentum of training over few images: .99 to 1."""
model = dict(
    type='BYOL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    neck=dict(
        type='NonLinearNeck', in_channels=2048, hid_channels=4096, out_channels=256, num_layers=2,
        with_bias=True, with_last_bn=False),
    head=dict(
        type='LatentPredictHead', loss=dict(type='CosineSimilarityLoss'),
        predictor=dict(
            type='NonLinearNeck', in_channels=256, hid_channels=4096, out_channels=256,
            num_layers=2, with_bias=True, with_last_bn=False, with_avg_pool=False)),
    base_momentum=0.01)
