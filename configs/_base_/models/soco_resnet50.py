"""SoCo with a ResNet-50, and pyramid and box head of Mask R-CNN (3.3, 4.1).

Norms of pyramid and head are batch norm. Residual branches start at zero, as in the code.
"""
model = dict(
    type='oadp_mm.SoCo',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=True),
    neck=dict(out_channels=256),
    box_head=dict(conv_channels=256, fc_channels=1024),
    head=dict(type='oadp_mm.PredictiveHead', hidden_channels=4096, out_channels=256),
    ema_decay=0.99)
