# Paper: 5.4.3, Table 4: lambda 0.1 instead of 0.5.
# Command: mim train mmpretrain \
#     configs/scd/ablations/scd-byol_resnet50-lambda01_2xb256-coslr-200e_in100.py \
#     --launcher pytorch --gpus 2
# Expected: the paper's Table 4 gives 83.8 ImageNet-100 linear top-1, 53.4 VOC 07+12 detection AP.
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
_base_ = [
    '../../_base_/models/scd-byol_resnet50.py',
    '../../_base_/datasets/in100_byol.py',
    '../../_base_/schedules/sgd_lr1e-1_bs512.py',
    '../../_base_/schedules/cosine_200e.py',
    '../../_base_/pretrain_runtime.py',
]

model = dict(semantic_head=dict(loss_weight=0.1))
