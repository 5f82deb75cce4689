"""SGD at 0.4 for 512 images a step: a cosine to 0 that falls with the epoch, times a warm-up that
rises with the iteration in the first 4 of 800 epochs, as in the code.
"""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.4, momentum=0.9, weight_decay=1e-4))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=4 / 800, start_factor=1e-4, by_epoch=False),
    dict(type='CosineAnnealingLR'),
]
auto_scale_lr = dict(base_batch_size=512, enable=False)
