"""90 epochs of a linear layer by LARS at lr 1.6 for 4,096 images, cosine to 0 (SimSiam's code)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='LARS', lr=1.6, momentum=0.9, weight_decay=0.0))
param_scheduler = [
    dict(type='CosineAnnealingLR', T_max=90, by_epoch=True, convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=90, val_interval=10)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=4096, enable=False)
