# Paper: OADP IV-B 4 to the letter: lr 0.2 for 16 crops a step, twenty times the usual (O-22).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet50-d8_8xb2-40k-lr2e-1_cityscapes-769x769.py \
#     --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 crops each.
_base_ = './fcn_resnet50-d8_8xb2-40k_cityscapes-769x769.py'

optim_wrapper = dict(optimizer=dict(lr=0.2))
