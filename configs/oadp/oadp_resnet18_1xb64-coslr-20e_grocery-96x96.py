# Paper: III and IV-A in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/oadp/oadp_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper; docs/reproduce.md has a comparison of 3 epochs.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = './oadp_resnet50_8xb32-coslr-800e_coco.py'

train_dataloader = dict(batch_size=64, num_workers=2, dataset=dict(
    dataset=dict(data_root=os.environ.get('OADP_DATA', 'data') + '/grocery/train'),
    views=dict(crop=dict(size=96))))
# A view of 96 px is a grid of 3x3 cells, with 9 small and 4 large patches: pools take 3 of either.
model = dict(
    backbone=dict(depth=18, zero_init_residual=True),
    selector=dict(k=3), head=dict(hidden_channels=1024))
optim_wrapper = dict(optimizer=dict(lr=0.1))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64)
