# Paper: RegionCL 4.3, Table 7. Cityscapes segmentation by UPerNet, 80,000 steps.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/upernet_resnet50_8xb2-80k_cityscapes-512x1024.py \
#     --launcher pytorch --gpus 8
# Expected: configs/regioncl/README.md.
# Hardware: 8 GPUs, 2 crops each.
_base_ = './upernet_resnet50_8xb2-40k_cityscapes-512x1024.py'

train_cfg = dict(max_iters=80000, val_interval=8000)
