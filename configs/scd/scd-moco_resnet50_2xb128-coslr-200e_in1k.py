# Paper: 4 and A.1: SCD-MoCo (D-6: lr 0.06 at 256 images).
# Command: mim train mmpretrain configs/scd/scd-moco_resnet50_2xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: the paper gives ImageNet linear classification 68.6 top-1 (fg 68.9, Table 1), VOC 07+12
#     detection 57.3 AP, COCO C4 39.3 box and 34.4 mask AP (Table 2): see benchmarks/.
# Hardware: the paper uses 2 A100: 2 GPUs, 128 images each.
_base_ = [
    '../_base_/models/scd-moco_resnet50.py',
    '../_base_/datasets/views_moco_v2.py',
    '../_base_/schedules/sgd_lr6e-2_bs256.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/moco_runtime.py',
]
