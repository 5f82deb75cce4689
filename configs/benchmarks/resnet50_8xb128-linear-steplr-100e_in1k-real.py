# Paper: RegionCL 4.1, Table 1 (-M, -D), "Real". The linear layer, by reassessed labels, too.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb128-linear-steplr-100e_in1k-real.py --launcher pytorch --gpus 8
# Expected: real/top1 of 78.7 (-M) and 78.4 (-D), accuracy/top1 of 69.4 and 68.5.
# Hardware: 8 GPUs, 128 images each.
_base_ = './resnet50_8xb128-linear-steplr-100e_in1k.py'

val_evaluator = test_evaluator = [_base_.val_evaluator, dict(
    type='oadp_mm.ImageNetReal',
    labels=_base_.val_dataloader.dataset.data_root + '/meta/real.json')]
