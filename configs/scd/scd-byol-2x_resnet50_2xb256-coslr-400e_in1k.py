# Paper: 4.3 and A.1: SCD-BYOL (2x), both directions summed (D-5), 400 epochs.
# Command: mim train mmpretrain configs/scd/scd-byol-2x_resnet50_2xb256-coslr-400e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: the paper's Table 5 gives ImageNet linear classification 74.2 top-1, COCO FPN 42.1 box
#     and 37.7 mask AP.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/datasets/views_byol.py',
    '../_base_/schedules/sgd_lr5e-2_bs512.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(pairs=((0, 1), (1, 0)))
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0.0, begin=0, end=400, T_max=400)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=400)
