"""Runtime of mmpretrain's own methods, which move their targets themselves."""
_base_ = './default_runtime.py'

custom_hooks = [
    dict(type='oadp_mm.UnreadableImagesHook'),
    dict(type='oadp_mm.ProgressHook'),
]
