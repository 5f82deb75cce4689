# Paper: stage 3 in small, on the photos of coco128, unlabelled: on all of them,
#     whereas configs/benchmarks validate on every fourth, since neighbours may be any.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/orl/orl_resnet18_1xb32-coslr-60e_coco128-160x160.py
#     (README.md has the commands of stage 2, which make OADP_CORRESPONDENCES of stage 1)
# Expected: not in the paper.
# Hardware: 2 CPU cores, 32 images: 240 steps.
import os

_base_ = './orl_resnet50_8xb64-coslr-800e_coco.py'

small = dict(crop=dict(scale=64))
train_dataloader = dict(batch_size=32, num_workers=2, dataset=dict(
    dataset=dict(data_root=os.environ.get('OADP_DATA', 'data') + '/coco128/images'),
    views=dict(
        crop=dict(scale=160), each=dict(inter1=small, inter2=small, intra1=small, intra2=small))))
model = dict(
    backbone=dict(depth=18, zero_init_residual=True), head=dict(hidden_channels=1024))
optim_wrapper = dict(optimizer=dict(lr=0.05))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 60))
auto_scale_lr = dict(base_batch_size=32)
