# Paper: A.4, Table 14: crops and erased images on their own, without swapping.
# Command: mim train mmpretrain \
#     configs/regioncl/ablations/regioncl-m_resnet50-no-swapping_8xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 69.2 top-1, COCO Mask R-CNN FPN 2x 41.4 box AP.
# Hardware: 8 GPUs, 128 images each.
_base_ = '../regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

model = dict(swap=False, negative=False)
