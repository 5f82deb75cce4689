# Paper: 3 in small, on photos of coco128, unlabelled.
# Command: oadp-mm proposals path/to/data/coco128/images --out work_dirs/proposals.npz
#     OADP_DATA=path/to/data mim train mmpretrain \
#     configs/soco/soco_resnet18_1xb32-coslr-60e_coco128-160x160.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 32 images: 180 steps.
import os

_base_ = './soco_resnet50-fpn_16xb128-coslr-100e_coco-unlabeled.py'

train_dataloader = dict(batch_size=32, num_workers=2, dataset=dict(
    dataset=dict(
        data_root=os.environ.get('OADP_DATA', 'data') + '/coco128/images',
        indices=[i for i in range(128) if i % 4 != 3]),  # every fourth is kept for validation
    views=dict(
        crop=dict(scale=160),
        each=dict(view1=dict(crop=dict(scale=160)), view3=dict(crop=dict(scale=80))))))
# Levels are those of 160 of 224 pixels.
model = dict(
    backbone=dict(depth=18), neck=dict(out_channels=128),
    box_head=dict(conv_channels=128, fc_channels=512),
    head=dict(hidden_channels=1024), bounds=(34.3, 68.6, 137.1, 160))
optim_wrapper = dict(optimizer=dict(
    _delete_=True, type='SGD', lr=0.05, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 60))
auto_scale_lr = dict(base_batch_size=32)
