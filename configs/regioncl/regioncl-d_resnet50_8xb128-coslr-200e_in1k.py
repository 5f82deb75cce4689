# Paper: 3 and A.7: RegionCL-D, on DenseCL.
# Command: mim train mmpretrain configs/regioncl/regioncl-d_resnet50_8xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper gives ImageNet linear classification 68.5 top-1 (Table 1), COCO Mask R-CNN FPN
#     1x 40.4 box and 36.7 mask AP (Table 4): see benchmarks/.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../_base_/models/regioncl-d_resnet50.py',
    '../_base_/datasets/views_moco_v2.py',
    '../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/moco_runtime.py',
]
