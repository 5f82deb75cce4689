# Paper: 4.4: RegionCL on MoBy, 300 epochs (R-7: the paper gives no details; the rest is MoBy's).
# Command: mim train mmpretrain configs/regioncl/regioncl-moby_swin-tiny_8xb64-coslr-300e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 77.0 top-1 (Table 8).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/images/in1k.py',
    '../_base_/views/byol.py',
    '../_base_/pretrain_runtime.py',
]

# A queue for each view; drop path online only.
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='SwinTransformer', arch='tiny', img_size=224, drop_path_rate=0.2,
        init_cfg=dict(type='TruncNormal', layer='Linear', std=0.02, bias=0.0)),
    target_backbone=dict(drop_path_rate=0.0),
    head=dict(
        type='oadp_mm.ContrastiveHead', projector=dict(hidden_channels=4096, out_channels=256),
        predictor=dict(hidden_channels=4096), queue_length=4096, queues=2, temperature=0.2),
    region=(3, 5),
    pairs=((0, 1), (1, 0)),
    ema_decay=0.99)
_base_.views.crop.interpolation = 'bilinear'  # as in MoBy's code
train_dataloader = dict(
    batch_size=64, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05),
    clip_grad=dict(max_norm=5.0),
    # Tables of relative positions decay: Swin's code spares them, but MoBy's optimizer never asks.
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=5 / 300, start_factor=5e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=5 / 300, eta_min=5e-6, whole=True, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 300))
auto_scale_lr = dict(base_batch_size=512, enable=False)
