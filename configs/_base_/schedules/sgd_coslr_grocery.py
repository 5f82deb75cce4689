"""A CPU's budget, the same for every method: SGD at 0.03 for 64 images a step, a cosine to 0.

OADP_EPOCHS changes the length, 20 epochs of 41 steps.
"""
epochs = int('{{$OADP_EPOCHS:20}}')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.03, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='CosineAnnealingLR', begin=0, end=epochs, T_max=epochs, convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=epochs)
auto_scale_lr = dict(base_batch_size=64, enable=False)
