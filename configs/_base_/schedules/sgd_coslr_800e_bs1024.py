"""800 epochs of SGD at 0.15 for 1,024 images a step, a cosine to 0 by epochs (RegionCL A.5, A.7)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.15, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0.0, begin=0, end=800, T_max=800)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=800)
auto_scale_lr = dict(base_batch_size=1024, enable=False)
