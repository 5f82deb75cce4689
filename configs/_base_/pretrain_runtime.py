"""Runtime of pretraining with crops that do not change with the epoch."""
_base_ = './default_runtime.py'

custom_hooks = [
    dict(type='oadp_mm.AfterStepHook'),  # targets and queues move, once per optimizer step
    dict(type='oadp_mm.UnreadableImagesHook'),
    dict(type='oadp_mm.ProgressHook'),
]
