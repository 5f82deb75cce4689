"""LARS at 0.3 for each 256 of 512 images a step: 10 of 800 epochs of warm-up, times a cosine to 0
that falls with the epoch, as ORL's code has SimCLR on COCO. Norms and offsets take SGD's steps,
without decay.
"""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='LARS', lr=0.6, momentum=0.9, weight_decay=1e-6),
    paramwise_cfg=dict(custom_keys={
        name: dict(decay_mult=0, lars_exclude=True) for name in ('bn', 'bias', 'downsample.1')}))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 800, start_factor=1e-4, by_epoch=False),
    dict(type='CosineAnnealingLR'),
]
auto_scale_lr = dict(base_batch_size=512, enable=False)
