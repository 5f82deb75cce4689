"""Runtime of pretraining in mmpretrain."""
default_scope = 'mmpretrain'

custom_hooks = [
    dict(type='oadp_mm.AfterStepHook'),  # the target moves, once per optimizer step
    dict(type='oadp_mm.CropScheduleHook'),  # eq. 1 learns the epoch, in the workers too
    dict(type='oadp_mm.UnreadableImagesHook'),  # unreadable images are counted and named
    dict(type='oadp_mm.ProgressHook'),
]
default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='CheckpointHook', interval=10, max_keep_ckpts=3),
    sampler_seed=dict(type='DistSamplerSeedHook'))

sync_bn = 'torch'  # only when distributed: one process keeps plain batch norm
randomness = dict(seed=0)
env_cfg = dict(
    cudnn_benchmark=True,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))

vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(type='UniversalVisualizer', vis_backends=vis_backends)
log_level = 'INFO'
load_from = None
resume = False
