# Paper: 3 and A.7: RegionCL-S on COCO train2017.
# Command: mim train mmpretrain configs/regioncl/regioncl-s_resnet50_8xb64-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: not in the paper, which pretrains on ImageNet.
# Hardware: 8 GPUs, 64 images each.
_base_ = [
    '../_base_/models/regioncl-s_resnet50.py',
    '../_base_/datasets/coco_moco_v2.py',
    '../_base_/schedules/sgd_lr1e-1_bs512.py',
    '../_base_/schedules/cosine_800e.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(batch_size=64)
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={'head.predictor': dict(fix_lr=True)}))
# The predictor's learning rate does not fall (SimSiam).
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='SimSiamHook', fix_pred_lr=True, lr=0.1),
]
