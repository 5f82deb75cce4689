# Paper: OADP IV-B 4 with its lr of 0.2 for 16 crops a step, twenty times the usual (O-22), but
#     without the val images (O-25).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet50-d8_8xb2-20k-lr2e-1_voc12aug-512x512.py \
#     --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 crops each.
_base_ = './fcn_resnet50-d8_8xb2-20k_voc12aug-512x512.py'

optim_wrapper = dict(optimizer=dict(lr=0.2))
