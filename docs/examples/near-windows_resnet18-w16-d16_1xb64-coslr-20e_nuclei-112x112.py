# Paper: none, the worked example of docs/new_method.md.
# Command: PYTHONPATH=docs/examples oadp-mm train \
#     docs/examples/near-windows_resnet18-w16-d16_1xb64-coslr-20e_nuclei-112x112.py
# Expected: nothing: 160 steps are too few to learn much from.
# Hardware: 2 CPU cores, minutes.
import os

_base_ = [
    '../../configs/_base_/images/nuclei.py',
    '../../configs/_base_/views/mild.py',
    '../../configs/_base_/schedules/oadp.py',
    '../../configs/_base_/pretrain_runtime.py',
]
custom_imports = dict(imports=['near_windows'])

train_dataloader = dict(
    batch_size=64, num_workers=2,
    dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_dataloader['dataset']['views']['crop']['scale'] = 112
model = dict(
    type='oadp_mm.NearWindows',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=18, stem_channels=16, base_channels=16, strides=(1, 2, 2, 1),
        zero_init_residual=True),
    head=dict(type='oadp_mm.PredictiveHead', hidden_channels=512, out_channels=128),
    windows=2)
optim_wrapper = dict(optimizer=dict(lr=0.1))
param_scheduler = [dict(type='oadp_mm.CosineLR', after=0.0, by_epoch=False)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64)
