"""Detection with 16 images a step: lr 0.02, divided by 10 at 60,000 and 80,000 steps (COCO, 1x).

Norms do not decay: detectron2's WEIGHT_DECAY_NORM is 0, in RegionCL's logs as well.
"""
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=1e-4),
    paramwise_cfg=dict(norm_decay_mult=0.0))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, end=1000),
    dict(type='MultiStepLR', by_epoch=False, milestones=[60000, 80000]),
]
auto_scale_lr = dict(base_batch_size=16, enable=False)
