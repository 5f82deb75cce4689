"""LARS at 1.0 for 256 images a step, so 8.0 for 2,048: 10 of 100 epochs of warm-up from a
hundredth, then a cosine to 1e-6 (4.1). Norms and biases take plain steps without decay.
"""
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='oadp_mm.LARS', lr=8.0, momentum=0.9, weight_decay=1e-5))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 100, start_factor=0.01, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=10 / 100, eta_min=1e-6, by_epoch=False),
]
auto_scale_lr = dict(base_batch_size=2048, enable=False)
