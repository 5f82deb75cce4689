# Paper: III-A, eq. 3-4 with 32 bins of gray levels instead of 256: with few pixels a patch, a
#     less biased estimate of the mutual information (O-12).
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-bins32_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper; Table XI gives 86.9 with 256 levels.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(selector=dict(num_bins=32))
