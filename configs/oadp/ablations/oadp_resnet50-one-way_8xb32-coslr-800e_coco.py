# Paper: our reading, not in the paper: only the first view predicts the second, at half the cost
#     (O-15).
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-one-way_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(pairs=((0, 1),))
