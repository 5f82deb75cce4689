"""Registered hooks, weight initialisers and schedules."""
from __future__ import annotations

from oadp_mm.engine.handoff import CheckedPretrained
from oadp_mm.engine.hooks import (
    AfterStepHook,
    CropScheduleHook,
    HandoffCheckHook,
    NextStepHook,
    ProgressHook,
    TrainingLengthHook,
    UnreadableImagesHook,
)
from oadp_mm.engine.schedulers import CosineLR, WarmUpLR

__all__ = [
    'AfterStepHook',
    'CheckedPretrained',
    'CosineLR',
    'CropScheduleHook',
    'HandoffCheckHook',
    'NextStepHook',
    'ProgressHook',
    'TrainingLengthHook',
    'UnreadableImagesHook',
    'WarmUpLR',
]
