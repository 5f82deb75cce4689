# Paper: 3 in small, on photos of groceries.
# Command: oadp-mm proposals path/to/data/grocery/train --out work_dirs/proposals.npz
#     OADP_DATA=path/to/data mim train mmpretrain \
#     configs/soco/soco_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
import os

_base_ = './soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'

train_dataloader = dict(batch_size=64, num_workers=2, dataset=dict(
    dataset=dict(data_root=os.environ.get('OADP_DATA', 'data') + '/grocery/train'),
    views=dict(
        crop=dict(scale=96),
        each=dict(view1=dict(crop=dict(scale=96)), view3=dict(crop=dict(scale=48))),
        boxes=dict(cutout=0.0))))
# Levels are those of 96 of 224 pixels.
model = dict(
    backbone=dict(depth=18), neck=dict(out_channels=128),
    box_head=dict(conv_channels=128, fc_channels=512),
    head=dict(hidden_channels=1024), bounds=(20.6, 41.1, 82.3, 96))
optim_wrapper = dict(optimizer=dict(
    _delete_=True, type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 20))
auto_scale_lr = dict(base_batch_size=64)
