# Paper: 4.4: RegionCL on a plain vision transformer with MoCo v3.
# Command: mim train mmpretrain \
#     configs/regioncl/regioncl-m3_vit-small-p16_32xb128-coslr-300e_in1k.py \
#     --launcher slurm --gpus 32 --gpus-per-node 8 --partition PARTITION
# Expected: not in the paper, which trains Swin-T with MoBy.
# Hardware: 32 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/images/in1k.py',
    '../_base_/views/byol.py',
    '../_base_/pretrain_runtime.py',
]

# Class tokens are the views, patch tokens the regions. A cell is 32 pixels as for other backbones:
# 2x2 patch tokens, so a region's side has 6 to 10.
temperature = 0.2
model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='MoCoV3ViT', arch='mocov3-small', img_size=224, patch_size=16, stop_grad_conv1=True,
        out_type='raw'),
    head=dict(
        type='oadp_mm.InBatchContrastiveHead',
        projector=dict(
            hidden_channels=4096, out_channels=256, layers=3, bias=False, last_bias=False,
            last_norm=True),
        predictor=dict(hidden_channels=4096, bias=False, last_bias=False, last_norm=True),
        temperature=temperature,
        loss_weight=2 * temperature),
    region=(3, 5),
    pairs=((0, 1), (1, 0)),
    ema_decay=0.99)
_base_.views.crop.interpolation = 'bilinear'  # as in MoCo v3's code
train_dataloader = dict(
    batch_size=128, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='AdamW', lr=2.4e-3, weight_decay=0.1))
# The host fixes the position embedding only after DDP has counted it among the trained.
find_unused_parameters = True
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=40 / 300, start_factor=1e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=40 / 300, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 300))
auto_scale_lr = dict(base_batch_size=4096, enable=False)
