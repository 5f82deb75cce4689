# Paper: not in one. FCN on CamVid, 11 classes, from a pretrained backbone.
# Command: OADP_CKPT=work_dirs/backbone.pth OADP_DATA=path/to/data mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet18-d8_1xb8-400i_camvid-160x160.py
# Expected: docs/reproduce.md has OADP's and those of random initialisation.
# Hardware: 2 CPU cores, about 4 minutes.
_base_ = [
    '../_base_/models/fcn_resnet18-d8.py',
    '../_base_/datasets/camvid.py',
    '../_base_/mmseg_runtime.py',
]

train_dataloader = dict(
    batch_size=8, num_workers=1, drop_last=True, dataset=_base_.pop('train_data'))
val_dataloader = test_dataloader = dict(num_workers=1, dataset=_base_.pop('val_data'))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=5e-4))
param_scheduler = [dict(type='PolyLR', eta_min=1e-4, power=0.9, by_epoch=False)]
train_cfg = dict(max_iters=400, val_interval=400)
