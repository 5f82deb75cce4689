# Paper: OADP IV-B 2 to the letter: the linear layer keeps the batch and weight decay that the text
#     names before it, 256 and 1e-4; lr 0.03, 200 epochs (O-24).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-linear-coslr-200e_voc07.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md; Table II does not say which of the two.
# Hardware: 8 GPUs, 32 images each: 20 steps an epoch.
_base_ = './resnet50_1xb16-linear-coslr-200e_voc07.py'

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(weight_decay=1e-4))
auto_scale_lr = dict(base_batch_size=256)
