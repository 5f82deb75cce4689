"""Minutes on a CPU: SGD at 0.015 for 32 images a step, a cosine to 0; 7 epochs, quick: 4."""
epochs = 4 if '{{$OADP_QUICK:0}}' == '1' else 7
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.015, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='CosineAnnealingLR', begin=0, end=epochs, T_max=epochs, convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=epochs)
auto_scale_lr = dict(base_batch_size=32, enable=False)
