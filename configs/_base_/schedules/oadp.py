"""SGD at 0.2 for 256 images a step: 4 of 800 epochs of warm-up, then a cosine to 0 (IV-A 2)."""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.2, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=4 / 800, start_factor=1e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=4 / 800, by_epoch=False),
]
auto_scale_lr = dict(base_batch_size=256, enable=False)
