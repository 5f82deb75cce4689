"""100 epochs, the rate falling to 0 as a cosine, by epochs and without warm-up."""
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0.0, begin=0, end=100, T_max=100)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=100)
