# Paper: RegionCL 4.1, Table 2 (RegionCL-M3). A linear layer on the frozen backbone as in MoCo v3.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb128-linear-coslr-90e_in1k.py --launcher pytorch --gpus 8
# Expected: 75.4 top-1, 92.6 top-5.
# Hardware: 8 GPUs, 128 images each. Inferred: the paper gives no recipe; MoCo v3's, 0.1 for 256.
_base_ = './resnet50_8xb128-linear-steplr-100e_in1k.py'

optim_wrapper = dict(optimizer=dict(lr=0.4))
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=90)
