# Paper: 4.1: RegionCL-M3 in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/regioncl/regioncl-m3_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = './regioncl-m3_resnet50_32xb128-coslr-1000e_in1k.py'

train_dataloader = dict(batch_size=64, num_workers=2, dataset=dict(
    dataset=dict(data_root=os.environ.get('OADP_DATA', 'data') + '/grocery/train'),
    views=dict(crop=dict(scale=96))))
# A view of 96 px is a map of 3x3 cells.
model = dict(
    backbone=dict(depth=18, zero_init_residual=True),
    head=dict(projector=dict(hidden_channels=1024), predictor=dict(hidden_channels=1024)),
    region=(1, 2), ema_decay=0.99)
optim_wrapper = dict(_delete_=True, type='OptimWrapper', optimizer=dict(
    type='SGD', lr=0.03, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64)
