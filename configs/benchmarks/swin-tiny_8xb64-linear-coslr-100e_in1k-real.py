# Paper: RegionCL 4.4, Table 8, "Real". The linear layer on Swin-T, by reassessed labels, too.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/swin-tiny_8xb64-linear-coslr-100e_in1k-real.py --launcher pytorch --gpus 8
# Expected: real/top1 of 81.2 after 100 epochs of pretraining, 83.9 after 300; accuracy/top1 of 73.9
#     and 77.0.
# Hardware: 8 GPUs, 64 images each.
_base_ = './swin-tiny_8xb64-linear-coslr-100e_in1k.py'

val_evaluator = test_evaluator = [_base_.val_evaluator, dict(
    type='oadp_mm.ImageNetReal',
    labels=_base_.val_dataloader.dataset.data_root + '/meta/real.json')]
