"""Runtime of fine-tuning in mmpretrain."""
default_scope = 'mmpretrain'
runner_type = 'oadp_mm.Runner'

train_dataloader = dict(
    num_workers=8, persistent_workers=True, sampler=dict(type='DefaultSampler', shuffle=True),
    worker_init_fn=dict(type='oadp_mm.seed_worker'),
    collate_fn=dict(type='default_collate'))
val_dataloader = test_dataloader = dict(
    batch_size=64, num_workers=4, persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False), collate_fn=dict(type='default_collate'))
train_cfg = dict(type='EpochBasedTrainLoop')
val_cfg = dict()
test_cfg = dict()

custom_hooks = [
    dict(type='oadp_mm.SeedHook'),  # numbers do not come again after a resume
    dict(type='oadp_mm.FiniteLossHook'),
    dict(type='oadp_mm.ProgressHook'),
    dict(type='oadp_mm.HandoffCheckHook'),  # the model holds the weights of OADP_CKPT
]
default_hooks = dict(
    logger=dict(type='LoggerHook', interval=50),
    checkpoint=dict(type='oadp_mm.CheckpointHook', interval=10, max_keep_ckpts=1))

sync_bn = 'torch'  # only when distributed: one process keeps plain batch norm
randomness = dict(seed=0)
env_cfg = dict(
    cudnn_benchmark=False, mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))

visualizer = dict(type='UniversalVisualizer', vis_backends=[dict(type='LocalVisBackend')])
