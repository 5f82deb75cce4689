# Paper: 3 and A.7: RegionCL-M on COCO train2017.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50_8xb128-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper, which pretrains on ImageNet.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/datasets/coco_moco_v2.py',
    '../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../_base_/schedules/cosine_800e.py',
    '../_base_/moco_runtime.py',
]
