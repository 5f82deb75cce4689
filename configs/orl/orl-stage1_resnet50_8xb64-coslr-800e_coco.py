# Paper: stage 1: BYOL on COCO train2017, whose features find neighbours and correspondences.
# Command: mim train mmpretrain configs/orl/orl-stage1_resnet50_8xb64-coslr-800e_coco.py --amp \
#     --launcher pytorch --gpus 8
# Expected: COCO FPN 1x 39.5 box AP (supplement, Table 1).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/models/orl_resnet50.py',
    '../_base_/images/coco.py',
    '../_base_/views/byol.py',
    '../_base_/schedules/orl.py',
    '../_base_/pretrain_runtime.py',
]

_base_.views.crop.interpolation = 'bilinear'
model = dict(pairs=((0, 1), (1, 0)))
train_dataloader = dict(
    batch_size=64, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
