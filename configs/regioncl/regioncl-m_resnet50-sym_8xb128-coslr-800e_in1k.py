# Paper: 4.1: RegionCL-M for 800 epochs with both views as queries.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50-sym_8xb128-coslr-800e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 2 gives ImageNet linear classification 73.9 top-1.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/datasets/views_moco_v2.py',
    '../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../_base_/schedules/cosine_800e.py',
    '../_base_/moco_runtime.py',
]

model = dict(pairs=((0, 1), (1, 0)))
