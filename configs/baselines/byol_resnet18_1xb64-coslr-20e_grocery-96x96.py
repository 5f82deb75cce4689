# Paper: BYOL, mmpretrain's, as the rival of SCD-BYOL and OADP in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/baselines/byol_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = [
    '../_base_/images/grocery.py',
    '../_base_/views/byol.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(
    type='BYOL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(type='ResNet', depth=18, zero_init_residual=True),
    neck=dict(
        type='NonLinearNeck', in_channels=512, hid_channels=1024, out_channels=256, num_layers=2,
        with_bias=True, with_last_bias=True, with_last_bn=False),
    head=dict(
        type='LatentPredictHead', loss=dict(type='CosineSimilarityLoss'),
        predictor=dict(
            type='NonLinearNeck', in_channels=256, hid_channels=1024, out_channels=256,
            num_layers=2, with_bias=True, with_last_bias=True, with_last_bn=False,
            with_avg_pool=False)),
    base_momentum=0.01)
_base_.views.crop.scale = 96
train_dataloader = dict(
    batch_size=64, num_workers=2,
    dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64, enable=False)
