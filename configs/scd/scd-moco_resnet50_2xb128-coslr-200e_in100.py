# Paper: 5.4 and A.1.1: SCD-MoCo on ImageNet-100, lr doubled.
# Command: mim train mmpretrain configs/scd/scd-moco_resnet50_2xb128-coslr-200e_in100.py \
#     --launcher pytorch --gpus 2
# Expected: not in the paper, whose ablations are of SCD-BYOL.
# Hardware: the paper uses 2 A100: 2 GPUs, 128 images each.
_base_ = [
    '../_base_/models/scd-moco_resnet50.py',
    '../_base_/datasets/in100_moco_v2.py',
    '../_base_/schedules/sgd_lr6e-2_bs256.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/moco_runtime.py',
]

optim_wrapper = dict(optimizer=dict(lr=0.12))
