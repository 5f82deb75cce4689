# Paper: OADP IV-B 4, Table V. VOC 2012 segmentation, trained without the val images (O-25).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet50-d8_8xb2-20k_voc12aug-512x512.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 crops each. lr 0.01, that of the usual recipe (O-22).
_base_ = [
    '../_base_/models/fcn_resnet50-d8.py',
    '../_base_/datasets/voc12aug.py',
    '../_base_/schedules/segmentation.py',
    '../_base_/mmseg_runtime.py',
]

train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
train_cfg = dict(max_iters=20000, val_interval=2000)
