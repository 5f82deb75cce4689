# Paper: IV-C 6, Table XII: squared error of unnormalised projections instead of the cosine
#     (O-21).
# Command: mim train mmpretrain configs/oadp/ablations/oadp_resnet50-mse_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table XII gives 86.6 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(head=dict(loss='mse'))
