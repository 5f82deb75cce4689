"""ORL with a ResNet-50, and BYOL's perceptrons, whose last layers have no offset.

All convolutions and linear layers start from a normal distribution by fan-in, and residual branches
with scale 1, as in the code; the host's ResNet would start by fan-out.
"""
model = dict(
    type='oadp_mm.ORL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False, init_cfg=None),
    head=dict(
        type='oadp_mm.PredictiveHead', hidden_channels=4096, out_channels=256,
        projector=dict(last_bias=False), predictor=dict(last_bias=False)),
    ema_decay=0.99,
    init_cfg=dict(type='Kaiming', layer=['Conv2d', 'Linear'], mode='fan_in'))
