"""Runtime of every pretraining: the loader of views, the hooks, what is distributed.

A primitive fills the loader with what its pieces call `images` and `views`:
dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')).
"""
import os

default_scope = 'mmpretrain'
runner_type = 'oadp_mm.Runner'

if not (os.environ.get('OADP_EPOCHS') or '1').strip(' 0').isdecimal():
    raise ValueError(f"OADP_EPOCHS={os.environ['OADP_EPOCHS']} is no number of epochs: give a whole "
                     'number above 0, such as OADP_EPOCHS=100, or leave it out')

train_dataloader = dict(
    num_workers=8, persistent_workers=True, sampler=dict(type='DefaultSampler', shuffle=True),
    worker_init_fn=dict(type='oadp_mm.seed_worker'),
    batch_sampler=dict(type='oadp_mm.FullBatchSampler'), collate_fn=dict(type='default_collate'),
    dataset=dict(type='oadp_mm.MultiViewDataset'))
train_cfg = dict(type='EpochBasedTrainLoop')

custom_hooks = [
    dict(type='oadp_mm.SeedHook'),  # a resumed run draws what the whole one would have drawn
    dict(type='oadp_mm.TrainingLengthHook'),  # refuses a run that is told two lengths
    dict(type='oadp_mm.OptimizerStepsHook'),  # says how many there are, and warns of few
    dict(type='oadp_mm.FiniteLossHook'),  # ends a run that has become worthless
    dict(type='oadp_mm.HandoffCheckHook', required=False),  # weights given to it did arrive
    dict(type='oadp_mm.CollapseHook'),  # logs how features spread, warns when they collapse
    dict(type='oadp_mm.AfterStepHook'),  # targets and queues move, once per optimizer step
    dict(type='oadp_mm.CropScheduleHook'),  # dynamic crops learn the epoch, in the workers too
    dict(type='oadp_mm.UnreadableImagesHook'),  # they are counted and named
    dict(type='oadp_mm.PeakMemoryHook'),  # logs it without a GPU, too
    dict(type='oadp_mm.ProgressHook'),
    dict(type='oadp_mm.NextStepHook'),  # tells the command that exports the backbone
]
default_hooks = dict(
    logger=dict(type='LoggerHook', interval=50),
    checkpoint=dict(type='oadp_mm.CheckpointHook', interval=10, max_keep_ckpts=3))

sync_bn = 'torch'  # only when distributed: one process keeps plain batch norm
randomness = dict(seed=0)
env_cfg = dict(
    cudnn_benchmark=True, mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))

visualizer = dict(type='UniversalVisualizer', vis_backends=[dict(type='LocalVisBackend')])
