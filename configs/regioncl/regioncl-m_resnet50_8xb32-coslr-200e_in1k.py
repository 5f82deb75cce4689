# Paper: A.5: RegionCL-M with MoCo v2's own batch and learning rate.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50_8xb32-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 70.0 top-1, COCO Mask R-CNN FPN 2x 41.6 box and 37.8 mask
#     AP (Table 15).
# Hardware: 8 GPUs, 32 images each.
_base_ = './regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=0.03))
auto_scale_lr = dict(base_batch_size=256)
