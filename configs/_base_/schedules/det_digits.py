"""Detection of digits on a CPU from either start: 130 steps of 4 images (quick: 40), AdamW.

AdamW because SGD needs thousands of steps from random weights; both starts get the same.
"""
steps = 40 if '{{$OADP_QUICK:0}}' == '1' else 130
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=5e-4, weight_decay=0.05),
    clip_grad=dict(max_norm=10.0))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=steps // 8),
    dict(type='CosineAnnealingLR', by_epoch=False, begin=steps // 8, end=steps,
         T_max=steps - steps // 8),
]
train_cfg = dict(type='IterBasedTrainLoop', max_iters=steps, val_interval=steps)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
