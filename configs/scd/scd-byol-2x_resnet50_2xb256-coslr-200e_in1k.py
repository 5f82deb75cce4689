# Paper: 4.3 and A.1: SCD-BYOL (2x), both directions summed (D-5), 200 epochs.
# Command: mim train mmpretrain configs/scd/scd-byol-2x_resnet50_2xb256-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: the paper gives ImageNet linear classification 73.1 top-1 (Table 1), VOC 07+12 detection
#     57.3 AP, COCO C4 39.5 box and 34.6 mask AP (Table 2), FPN 41.5 and 37.3 (Table 5): see
#     benchmarks/.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/datasets/views_byol.py',
    '../_base_/schedules/sgd_lr5e-2_bs512.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/pretrain_runtime.py',
]

model = dict(pairs=((0, 1), (1, 0)))
