# Paper: eq. 9 read as one vector M a view, the mean over the pool, instead of one a patch (O-18).
# Command: mim train mmpretrain \
#     configs/oadp/ablations/oadp_resnet50-gl-mean_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../../_base_/models/oadp_resnet50.py',
    '../../_base_/datasets/coco.py',
    '../../_base_/schedules/sgd_coslr_800e.py',
    '../../_base_/default_runtime.py',
]

model = dict(gl_mode='mean')
