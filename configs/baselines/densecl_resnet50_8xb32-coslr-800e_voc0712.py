# Paper: DenseCL, mmpretrain's, on VOC 07+12 trainval. No paper says how; as on COCO.
# Command: mim train mmpretrain configs/baselines/densecl_resnet50_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper.
# Hardware: 8 GPUs, 32 images each.
_base_ = './moco_resnet50_8xb32-coslr-800e_voc0712.py'

model = dict(type='DenseCL', neck=dict(type='DenseCLNeck', num_grid=None), loss_lambda=0.5)
