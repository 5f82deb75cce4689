# Paper: OADP IV-B 2, Table II (and VIII-XIII). VOC 2007 labels by a linear layer, backbone frozen.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_1xb16-linear-coslr-200e_voc07.py
# Expected: configs/oadp/README.md. Images have several labels and Table II mixes protocols (O-24):
#     mAP and hit@1 are both reported here.
# Hardware: 1 GPU, 16 images. lr 0.03 and 200 epochs are the paper's; it gives no batch or schedule.
_base_ = [
    '../_base_/models/linear_resnet50.py',
    '../_base_/datasets/voc07_classification.py',
    '../_base_/mmpretrain_runtime.py',
]

model = dict(
    data_preprocessor=dict(num_classes=20, to_onehot=True),
    head=dict(
        _delete_=True, type='MultiLabelLinearClsHead', num_classes=20, in_channels=2048,
        loss=dict(type='CrossEntropyLoss', use_sigmoid=True)))
train_dataloader = dict(batch_size=16, num_workers=4, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(batch_size=16, dataset=_base_.pop('val_data'))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.03, momentum=0.9, weight_decay=0.0))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
train_cfg = dict(max_epochs=200, val_interval=10)
auto_scale_lr = dict(base_batch_size=16, enable=False)
