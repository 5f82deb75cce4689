# Paper: stage 1: BYOL on COCO+, train2017 with unlabeled2017.
# Command: mim train mmpretrain configs/orl/orl-stage1_resnet50_8xb64-coslr-800e_coco-unlabeled.py \
#     --amp --launcher pytorch --gpus 8
# Expected: in the main paper, which is not at hand.
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = './orl-stage1_resnet50_8xb64-coslr-800e_coco.py'

coco = os.environ.get('OADP_DATA', 'data') + '/coco/'
train_dataloader = dict(dataset=dict(
    dataset=dict(data_root=[coco + 'train2017', coco + 'unlabeled2017'])))
