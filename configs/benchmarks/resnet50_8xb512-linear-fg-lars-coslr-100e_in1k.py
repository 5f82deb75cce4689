# Paper: SCD 5.2 and A.2, Tables 1 and 8 (SCD-MoCo). Linear on the mean of the salient cells.
# Command: OADP_CKPT=work_dirs/epoch_200.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb512-linear-fg-lars-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
#     An exported backbone holds no saliency network: give the checkpoint of the training.
# Expected: configs/scd/README.md.
# Hardware: 8 GPUs, 512 images each.
import os

_base_ = './resnet50_8xb512-linear-lars-coslr-100e_in1k.py'

checkpoint = os.environ.get('OADP_CKPT', 'work_dirs/epoch_200.pth')
model = dict(
    backbone=dict(init_cfg=dict(checkpoint=checkpoint)),
    neck=dict(
        _delete_=True, type='oadp_mm.SaliencyPooling', in_channels=2048,
        init_cfg=dict(
            type='oadp_mm.CheckedPretrained', checkpoint=checkpoint, prefix='semantic_head.',
            only='saliency')))
