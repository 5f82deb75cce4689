"""800 epochs, the rate falling to 0 as a cosine, by epochs and without warm-up."""
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0.0, begin=0, end=800, T_max=800)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=800)
