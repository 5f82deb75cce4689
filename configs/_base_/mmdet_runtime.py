"""Runtime of fine-tuning in mmdet."""
default_scope = 'mmdet'
runner_type = 'oadp_mm.Runner'

train_dataloader = dict(
    num_workers=2, persistent_workers=True, sampler=dict(type='InfiniteSampler', shuffle=True),
    worker_init_fn=dict(type='oadp_mm.seed_worker'),
    batch_sampler=dict(type='AspectRatioBatchSampler'))
val_dataloader = test_dataloader = dict(
    batch_size=1, num_workers=2, persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False))
train_cfg = dict(type='IterBasedTrainLoop')
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

custom_hooks = [
    dict(type='oadp_mm.SeedHook'),  # numbers do not come again after a resume
    dict(type='oadp_mm.FiniteLossHook'),
    dict(type='oadp_mm.ProgressHook'),
    dict(type='oadp_mm.HandoffCheckHook'),  # the model holds the weights of OADP_CKPT
]
default_hooks = dict(
    logger=dict(type='LoggerHook', interval=50, log_metric_by_epoch=False),
    checkpoint=dict(type='oadp_mm.CheckpointHook', by_epoch=False, interval=10000, max_keep_ckpts=1))
log_processor = dict(type='LogProcessor', window_size=50, by_epoch=False)

sync_bn = 'torch'  # only when distributed: one process keeps plain batch norm
randomness = dict(seed=0)
env_cfg = dict(
    cudnn_benchmark=False, mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))

visualizer = dict(
    type='DetLocalVisualizer', vis_backends=[dict(type='LocalVisBackend')], name='visualizer')
