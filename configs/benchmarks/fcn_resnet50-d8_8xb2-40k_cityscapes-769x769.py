# Paper: OADP IV-B 4, Table V. Cityscapes segmentation, fine annotations.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet50-d8_8xb2-40k_cityscapes-769x769.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 crops each. lr 0.01, that of the usual recipe (O-22).
_base_ = [
    '../_base_/models/fcn_resnet50-d8.py',
    '../_base_/datasets/cityscapes.py',
    '../_base_/schedules/segmentation.py',
    '../_base_/mmseg_runtime.py',
]

model = dict(
    data_preprocessor=dict(size=(769, 769)), decode_head=dict(num_classes=19, align_corners=True),
    auxiliary_head=dict(num_classes=19, align_corners=True),
    test_cfg=dict(mode='slide', crop_size=(769, 769), stride=(513, 513)))
train_dataloader = dict(batch_size=2, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(dataset=_base_.pop('val_data'))
train_cfg = dict(max_iters=40000, val_interval=4000)
