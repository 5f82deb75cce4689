# Paper: 3: RegionCL-S in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/regioncl/regioncl-s_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = './regioncl-s_resnet50_8xb64-coslr-100e_in1k.py'

train_dataloader = dict(batch_size=64, num_workers=2, dataset=dict(
    dataset=dict(data_root=os.environ.get('OADP_DATA', 'data') + '/grocery/train'),
    views=dict(crop=dict(scale=96))))
# A view of 96 px is a map of 3x3 cells.
model = dict(
    backbone=dict(depth=18, zero_init_residual=True),
    head=dict(
        hidden_channels=512, out_channels=256, predictor=dict(hidden_channels=128)),
    region=(1, 2))
optim_wrapper = dict(optimizer=dict(lr=0.03))
custom_hooks = [
    *[each for each in _base_.custom_hooks if each.type != 'SimSiamHook'],
    dict(type='SimSiamHook', fix_pred_lr=True, lr=0.03, adjust_by_epoch=False),
]
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64)
