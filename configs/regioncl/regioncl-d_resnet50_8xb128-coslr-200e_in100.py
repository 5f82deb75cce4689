# Paper: 3 and A.7: RegionCL-D on ImageNet-100.
# Command: mim train mmpretrain configs/regioncl/regioncl-d_resnet50_8xb128-coslr-200e_in100.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper, which pretrains on all of ImageNet.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../_base_/models/regioncl-d_resnet50.py',
    '../_base_/datasets/in100_moco_v2.py',
    '../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/moco_runtime.py',
]
