# Paper: A.5: RegionCL-M with MoCo v2's own batch and learning rate.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50_8xb32-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 15 gives ImageNet linear classification 70.0 top-1, COCO Mask R-CNN
#     FPN 2x 41.6 box and 37.8 mask AP.
# Hardware: 8 GPUs, 32 images each.
_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/datasets/views_moco_v2.py',
    '../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../_base_/schedules/cosine_200e.py',
    '../_base_/moco_runtime.py',
]

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=0.03))
auto_scale_lr = dict(base_batch_size=256)
