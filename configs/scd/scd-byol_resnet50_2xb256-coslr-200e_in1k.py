# Paper: 4 and A.1: SCD-BYOL, one direction.
# Command: mim train mmpretrain configs/scd/scd-byol_resnet50_2xb256-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: the paper gives ImageNet linear classification 72.2 top-1 (fg 72.6, Table 1), VOC 07+12
#     detection 57.1 AP, COCO C4 39.3 box and 34.4 mask AP (Table 2): see benchmarks/.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/datasets/views_byol.py',
    '../_base_/schedules/sgd_lr5e-2_bs512.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/pretrain_runtime.py',
]
