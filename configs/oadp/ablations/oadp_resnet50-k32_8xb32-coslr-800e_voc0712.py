# Paper: IV-C 2, Table VIII: pools of 32 patches instead of 24.
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-k32_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table VIII gives 64.7 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/voc0712.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(selector=dict(k=32))
