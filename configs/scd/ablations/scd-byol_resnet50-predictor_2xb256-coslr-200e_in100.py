# Paper: eq. 5 and A.1: a predictor on the semantic branch, too (D-1).
# Command: mim train mmpretrain \
#     configs/scd/ablations/scd-byol_resnet50-predictor_2xb256-coslr-200e_in100.py \
#     --launcher pytorch --gpus 2
# Expected: not in the paper.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
_base_ = [
    '../../_base_/models/scd-byol_resnet50.py',
    '../../_base_/datasets/in100_byol.py',
    '../../_base_/schedules/sgd_lr1e-1_bs512.py',
    '../../_base_/schedules/cosine_200e.py',
    '../../_base_/pretrain_runtime.py',
]

model = dict(semantic_head=dict(predictor=dict(hidden_channels=4096)))
