# Paper: DenseCL, mmpretrain's, as the rival of RegionCL-D in small, on photos of groceries.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/baselines/densecl_resnet18_1xb64-coslr-20e_grocery-96x96.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, 64 images.
_base_ = './moco_resnet18_1xb64-coslr-20e_grocery-96x96.py'

model = dict(type='DenseCL', neck=dict(type='DenseCLNeck', num_grid=None), loss_lambda=0.5)
