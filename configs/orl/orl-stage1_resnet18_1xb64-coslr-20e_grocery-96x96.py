# Paper: stage 1 in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/orl/orl-stage1_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = './orl-stage1_resnet50_8xb64-coslr-800e_coco.py'

train_dataloader = dict(batch_size=64, num_workers=2, dataset=dict(
    dataset=dict(data_root=os.environ.get('OADP_DATA', 'data') + '/grocery/train'),
    views=dict(crop=dict(scale=96))))
model = dict(
    backbone=dict(depth=18, zero_init_residual=True), head=dict(hidden_channels=1024))
optim_wrapper = dict(optimizer=dict(lr=0.1))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64)
