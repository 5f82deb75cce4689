"""Runtime of pretraining for methods that shuffle the keys' batches: batch norm stays a GPU's."""
_base_ = './default_runtime.py'

custom_hooks = [
    dict(type='oadp_mm.AfterStepHook'),  # targets and queues move, once per optimizer step
    dict(type='oadp_mm.UnreadableImagesHook'),
    dict(type='oadp_mm.ProgressHook'),
]
sync_bn = None
