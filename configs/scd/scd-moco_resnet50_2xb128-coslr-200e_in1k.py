# Paper: 4 and A.1: SCD-MoCo (D-6: lr 0.06 at 256 images).
# Command: mim train mmpretrain configs/scd/scd-moco_resnet50_2xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: ImageNet linear classification 68.6 top-1 (fg 68.9, Table 1), VOC 07+12 detection 57.3
#     AP, COCO C4 39.3 box and 34.4 mask AP (Table 2).
# Hardware: the paper uses 2 A100: 2 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/images/in1k.py',
    '../_base_/views/moco_v2.py',
    '../_base_/pretrain_runtime.py',
]

# Margin 1 and weight 0.5 of the semantic discrimination.
model = dict(
    type='oadp_mm.SCD',
    data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor'),
    backbone=dict(
        type='ResNet', depth=50, norm_cfg=dict(type='BN', requires_grad=True),
        zero_init_residual=False),
    head=dict(
        type='oadp_mm.ContrastiveHead',
        projector=dict(hidden_channels=2048, out_channels=128, norm=False), queue_length=65536,
        temperature=0.2),
    semantic_head=dict(
        type='oadp_mm.SemanticHead',
        projector=dict(hidden_channels=2048, out_channels=128, norm=False), margin=1.0,
        loss_weight=0.5),
    shuffle_bn=True,
    ema_decay=0.999,
    final_ema_decay=0.999)
train_dataloader = dict(
    batch_size=128, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.06, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 200))
auto_scale_lr = dict(base_batch_size=256, enable=False)
sync_bn = None  # shuffling the keys is for batch norm of a GPU's own images
