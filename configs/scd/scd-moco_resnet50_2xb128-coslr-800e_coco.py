# Paper: 4 and A.1: SCD-MoCo on COCO train2017.
# Command: mim train mmpretrain configs/scd/scd-moco_resnet50_2xb128-coslr-800e_coco.py \
#     --launcher pytorch --gpus 2
# Expected: not in the paper, whose Table 7 is of SCD-ORL.
# Hardware: 2 GPUs, 128 images each.
_base_ = [
    '../_base_/models/scd-moco_resnet50.py',
    '../_base_/datasets/coco_moco_v2.py',
    '../_base_/schedules/sgd_lr6e-2_bs256.py',
    '../_base_/schedules/cosine_800e.py',
    '../_base_/moco_runtime.py',
]
