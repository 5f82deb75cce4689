"""The registered runner, hooks, weight initialisers, schedules, the optimizer and the metric."""
from __future__ import annotations

from oadp_mm.engine.handoff import CheckedPretrained
from oadp_mm.engine.hooks import (
    AfterStepHook,
    CheckpointHook,
    CollapseHook,
    CropScheduleHook,
    FastStepHook,
    FiniteLossHook,
    HandoffCheckHook,
    NextStepHook,
    OptimizerStepsHook,
    PeakMemoryHook,
    PreciseBNHook,
    ProgressHook,
    SeedHook,
    TrainingLengthHook,
    UnreadableImagesHook,
)
from oadp_mm.engine.imagenet_real import ImageNetReal
from oadp_mm.engine.lars import LARS
from oadp_mm.engine.runner import Runner
from oadp_mm.engine.schedulers import CosineLR, WarmUpLR

__all__ = [
    'LARS',
    'AfterStepHook',
    'CheckedPretrained',
    'CheckpointHook',
    'CollapseHook',
    'CosineLR',
    'CropScheduleHook',
    'FastStepHook',
    'FiniteLossHook',
    'HandoffCheckHook',
    'ImageNetReal',
    'NextStepHook',
    'OptimizerStepsHook',
    'PeakMemoryHook',
    'PreciseBNHook',
    'ProgressHook',
    'Runner',
    'SeedHook',
    'TrainingLengthHook',
    'UnreadableImagesHook',
    'WarmUpLR',
]
