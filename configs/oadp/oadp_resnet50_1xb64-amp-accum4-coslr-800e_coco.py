# Paper: III and IV-A on one GPU: 4 x 64 images an optimizer step, mixed precision.
# Command: mim train mmpretrain configs/oadp/oadp_resnet50_1xb64-amp-accum4-coslr-800e_coco.py
# Expected: not in the paper; batch norm sees 64 images here, 256 there.
# Hardware: 1 GPU, 64 images.
_base_ = './oadp_resnet50_8xb32-coslr-800e_coco.py'

train_dataloader = dict(batch_size=64)
optim_wrapper = dict(type='AmpOptimWrapper', loss_scale='dynamic', accumulative_counts=4)
