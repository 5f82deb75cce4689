# Paper: IV-C 5, Table XI: patches matched by the cosine of their features instead of the mutual
#     information of their gray levels (O-20).
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-cosine-matching_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table XI gives 85.7 VOC07 "accuracy" of the linear layer
#     (benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py).
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(selector=dict(matching='cosine'))
