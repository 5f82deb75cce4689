# Paper: 3 and A.7: RegionCL-S, on SimSiam: no EMA, no negatives.
# Command: mim train mmpretrain configs/regioncl/regioncl-s_resnet50_8xb64-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 71.3 top-1 (Table 1), COCO Mask R-CNN FPN 1x 38.8 box and
#     35.2 mask AP (Table 4).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/images/in1k.py',
    '../_base_/views/moco_v2.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(
    type='oadp_mm.RegionCL',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=True),
    head=dict(
        type='oadp_mm.PredictiveHead', hidden_channels=2048, out_channels=2048,
        projector=dict(layers=3, bias=False, last_bias=False, last_norm=True),
        predictor=dict(hidden_channels=512, bias=False),
        loss_weight=0.25),  # SimSiam's mean over both directions of -cos, not a sum of 2 - 2 cos
    region=(3, 5),
    negative=False,
    pairs=((0, 1), (1, 0)),
    ema_decay=None)
train_dataloader = dict(
    batch_size=64, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys={'head.predictor': dict(fix_lr=True)}))
# The predictor's learning rate does not fall (SimSiam).
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='SimSiamHook', fix_pred_lr=True, lr=0.1),
]
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 100))
auto_scale_lr = dict(base_batch_size=512, enable=False)
