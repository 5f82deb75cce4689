# Paper: 5.4.1, Table 3: the second term of eq. 5 alone.
# Command: mim train mmpretrain \
#     configs/scd/ablations/scd-byol_resnet50-bg-only_2xb256-coslr-200e_in100.py \
#     --launcher pytorch --gpus 2
# Expected: the paper's Table 3 gives 83.3 ImageNet-100 linear top-1, 53.0 VOC 07+12 detection AP.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
_base_ = [
    '../../_base_/models/scd-byol_resnet50.py',
    '../../_base_/datasets/in100_byol.py',
    '../../_base_/schedules/sgd_lr1e-1_bs512.py',
    '../../_base_/schedules/cosine_200e.py',
    '../../_base_/pretrain_runtime.py',
]

model = dict(semantic_head=dict(foreground=False))
