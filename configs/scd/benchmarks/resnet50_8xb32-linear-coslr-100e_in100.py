# Paper: 5.4, Tables 3 and 4. A linear layer on the frozen backbone, 100 classes of ImageNet.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/scd/benchmarks/resnet50_8xb32-linear-coslr-100e_in100.py --launcher pytorch --gpus 8
# Expected: the paper's Table 3 gives top-1 83.8 for SCD-BYOL, pretrained on the same 100 classes.
# Hardware: 8 GPUs, 32 images each. The lists of classes and images: ../README.md.
_base_ = [
    '../../_base_/models/linear-in1k_resnet50.py',
    '../../_base_/datasets/imagenet_classification.py',
    '../../_base_/schedules/linear_coslr_100e.py',
    '../../_base_/mmpretrain_runtime.py',
]

model = dict(
    data_preprocessor=dict(num_classes=100),
    backbone=dict(init_cfg=dict(
        type='oadp_mm.CheckedPretrained', checkpoint='{{$OADP_CKPT:work_dirs/backbone.pth}}')),
    head=dict(num_classes=100))
custom_hooks = [*_base_.custom_hooks, dict(type='oadp_mm.HandoffCheckHook')]

classes = _base_.data_root + '/meta/classes_100.txt'
train_dataloader = dict(dataset=dict(ann_file='meta/train_100_labels.txt', classes=classes))
val_dataloader = dict(dataset=dict(ann_file='meta/val_100_labels.txt', classes=classes))
test_dataloader = val_dataloader
