"""50 epochs on a few labels, 256 images a step: no decay, rates divided by 10 at 30 and 40.

A leaf sets the head's rate and, as a fraction of it, the backbone's.
"""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', momentum=0.9, weight_decay=0.0))
param_scheduler = [
    dict(type='MultiStepLR', by_epoch=True, milestones=[30, 40], gamma=0.1),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=50, val_interval=10)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=256, enable=False)
