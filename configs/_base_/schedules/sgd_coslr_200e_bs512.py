"""200 epochs of SGD at 0.05 for 512 images a step, a cosine to 0 by epochs (SCD A.1.1)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.05, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0.0, begin=0, end=200, T_max=200)]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=200)
auto_scale_lr = dict(base_batch_size=512, enable=False)
