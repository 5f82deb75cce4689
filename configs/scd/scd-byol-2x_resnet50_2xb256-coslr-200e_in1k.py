# Paper: 4.3 and A.1: SCD-BYOL (2x), both directions summed (D-5).
# Command: mim train mmpretrain configs/scd/scd-byol-2x_resnet50_2xb256-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: ImageNet linear classification 73.1 top-1 (Table 1), VOC 07+12 detection 57.3 AP, COCO
#     C4 39.5 box and 34.6 mask AP (Table 2), FPN 41.5 and 37.3 (Table 5).
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
import os

_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/images/in1k.py',
    '../_base_/views/byol.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(pairs=((0, 1), (1, 0)))
train_dataloader = dict(
    batch_size=256, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 200))
auto_scale_lr = dict(base_batch_size=512, enable=False)
