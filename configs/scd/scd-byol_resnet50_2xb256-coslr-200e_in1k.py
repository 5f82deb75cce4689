# Paper: 4 and A.1: SCD-BYOL, one direction.
# Command: mim train mmpretrain configs/scd/scd-byol_resnet50_2xb256-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: ImageNet linear classification 72.2 top-1 (fg 72.6, Table 1), VOC 07+12 detection 57.1
#     AP, COCO C4 39.3 box and 34.4 mask AP (Table 2).
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
import os

_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/images/in1k.py',
    '../_base_/views/byol.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=256, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 200))
auto_scale_lr = dict(base_batch_size=512, enable=False)
