"""200 epochs, the rate falling to 0 as a cosine, by epochs and without warm-up."""
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0.0, begin=0, end=200, T_max=200)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=200)
