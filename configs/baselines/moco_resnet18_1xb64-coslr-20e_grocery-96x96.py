# Paper: MoCo v2, mmpretrain's, as the rival of RegionCL-M and SCD-MoCo in small, on photos of
#     groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/baselines/moco_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = [
    '../_base_/images/grocery.py',
    '../_base_/views/moco_v2.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(
    type='MoCo',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(type='ResNet', depth=18, zero_init_residual=True),
    neck=dict(type='MoCoV2Neck', in_channels=512, hid_channels=512, out_channels=128),
    head=dict(
        type='mmpretrain.ContrastiveHead', loss=dict(type='CrossEntropyLoss'), temperature=0.2),
    queue_len=1024,
    feat_dim=128,
    momentum=0.01)
_base_.views.crop.scale = 96
train_dataloader = dict(
    batch_size=64, num_workers=2,
    dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.03, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64, enable=False)
sync_bn = None  # shuffling the keys is for batch norm of a GPU's own images
