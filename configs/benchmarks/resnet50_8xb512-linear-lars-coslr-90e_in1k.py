# Paper: RegionCL 4.1, Table 1 (RegionCL-S). A linear layer on the frozen backbone as in SimSiam.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb512-linear-lars-coslr-90e_in1k.py --launcher pytorch --gpus 8
# Expected: configs/regioncl/README.md.
# Hardware: 8 GPUs, 512 images each.
_base_ = './resnet50_8xb512-linear-lars-coslr-100e_in1k.py'

optim_wrapper = dict(optimizer=dict(lr=1.6))
train_cfg = dict(max_epochs=90)
