# Paper: RegionCL 4.1, Table 1 (-S), "Real". The linear layer, by reassessed labels, too.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb512-linear-lars-coslr-90e_in1k-real.py \
#     --launcher pytorch --gpus 8
# Expected: real/top1 of 80.8, accuracy/top1 of 71.3.
# Hardware: 8 GPUs, 512 images each.
_base_ = './resnet50_8xb512-linear-lars-coslr-100e_in1k.py'

optim_wrapper = dict(optimizer=dict(lr=1.6))
train_cfg = dict(max_epochs=90)
val_evaluator = test_evaluator = [_base_.val_evaluator, dict(
    type='oadp_mm.ImageNetReal',
    labels=_base_.val_dataloader.dataset.data_root + '/meta/real.json')]
