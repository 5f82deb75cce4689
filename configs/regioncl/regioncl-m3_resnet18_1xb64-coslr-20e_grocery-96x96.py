# Paper: 4.1: RegionCL-M3 in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/regioncl/regioncl-m3_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
_base_ = [
    '../_base_/models/regioncl-m3_resnet50.py',
    '../_base_/datasets/grocery_byol.py',
    '../_base_/schedules/sgd_coslr_grocery.py',
    '../_base_/pretrain_runtime.py',
]

crop = dict(_base_.crop, crop_ratio_range=(0.2, 1.0), interpolation='bilinear')
train_dataloader = dict(dataset=dict(pipeline=[
    dict(type='oadp_mm.LoadImage'),
    dict(
        type='MultiView',
        num_views=[1, 1],
        transforms=[[crop, *changes] for changes in _base_.augment]),
    dict(type='PackInputs'),
]))
# A view of 96 px is a map of 3x3 cells.
model = dict(
    backbone=dict(depth=18),
    head=dict(projector=dict(hidden_channels=1024), predictor=dict(hidden_channels=1024)),
    region=(1, 2),
    ema_decay=0.99)
