"""RegionCL on MoCo v3 with a ViT-S/16: class tokens are the views, patch tokens the regions.

A cell is 32 pixels as for other backbones: 2x2 patch tokens, so a region's side has 6 to 10 (R-7).
"""
temperature = 0.2
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(
        type='SelfSupDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(
        type='MoCoV3ViT',
        arch='mocov3-small',
        img_size=224,
        patch_size=16,
        stop_grad_conv1=True,
        out_type='raw'),
    head=dict(
        type='oadp_mm.InBatchContrastiveHead',
        projector=dict(
            hidden_channels=4096,
            out_channels=256,
            layers=3,
            bias=False,
            last_bias=False,
            last_norm=True),
        predictor=dict(hidden_channels=4096, bias=False, last_bias=False, last_norm=True),
        temperature=temperature,
        loss_weight=2 * temperature),
    region=(3, 5),
    pairs=((0, 1), (1, 0)),
    ema_decay=0.99)
