# Paper: DenseCL, mmpretrain's, on COCO train2017, with the settings of its own code,
#     which has no warm-up of the dense loss.
# Command: mim train mmpretrain configs/baselines/densecl_resnet50_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: OADP's rows of DenseCL. VOC07 detection 55.3 AP (Table I), COCO FPN 1x 39.6 box and 35.7
#     mask AP (III), FCN 56.7 on VOC12 and 75.3 mIoU on Cityscapes (V).
# Hardware: 8 GPUs, 32 images each.
_base_ = './moco_resnet50_8xb32-coslr-800e_coco.py'

model = dict(type='DenseCL', neck=dict(type='DenseCLNeck', num_grid=None), loss_lambda=0.5)
