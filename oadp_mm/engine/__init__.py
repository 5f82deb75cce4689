"""Registered hooks, weight initialisers and schedules."""
from __future__ import annotations

from .handoff import CheckedPretrained
from .hooks import (
    AfterStepHook,
    CropScheduleHook,
    HandoffCheckHook,
    ProgressHook,
    TrainingLengthHook,
    UnreadableImagesHook,
)
from .schedulers import CosineLR, WarmUpLR

__all__ = [
    'AfterStepHook',
    'CheckedPretrained',
    'CosineLR',
    'CropScheduleHook',
    'HandoffCheckHook',
    'ProgressHook',
    'TrainingLengthHook',
    'UnreadableImagesHook',
    'WarmUpLR',
]
