# Paper: not in it. FCN on digit scenes, from the backbone that OADP trained.
# Command: OADP_CKPT=backbone.pth mim train mmsegmentation \
#     configs/demo/fcn_resnet18-d16_oadp-pre_digits.py (make demo runs it)
# Expected: the table of `make demo`.
# Hardware: 2 CPU cores, minutes.
import os

_base_ = [
    '../_base_/models/fcn_resnet18-d16.py',
    '../_base_/datasets/digits_semantic.py',
    '../_base_/mmseg_runtime.py',
]

model = dict(
    backbone=dict(init_cfg=dict(
        checkpoint=os.environ.get('OADP_CKPT', 'work_dirs/demo/export/backbone.pth'))),
    # Four fifths of the pixels are background, which would otherwise be all that is predicted.
    decode_head=dict(loss_decode=dict(class_weight=[0.1] + 10 * [1.0])))
train_dataloader = dict(
    batch_size=8, num_workers=1, drop_last=True, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(num_workers=1, dataset=_base_.pop('val_data'))
# AdamW because SGD needs thousands of steps from random weights; both starts get the same.
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05))
param_scheduler = [dict(type='PolyLR', eta_min=0.0, power=0.9, by_epoch=False)]
steps = 30 if os.environ.get('OADP_QUICK') == '1' else 120
train_cfg = dict(max_iters=steps, val_interval=steps)
default_hooks = dict(logger=dict(interval=5), checkpoint=dict(interval=20))
