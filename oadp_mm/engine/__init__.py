"""Registered hooks and weight initialisers."""
from __future__ import annotations

from .handoff import CheckedPretrained
from .hooks import (
    AfterStepHook,
    CropScheduleHook,
    HandoffCheckHook,
    ProgressHook,
    UnreadableImagesHook,
)

__all__ = [
    'AfterStepHook',
    'CheckedPretrained',
    'CropScheduleHook',
    'HandoffCheckHook',
    'ProgressHook',
    'UnreadableImagesHook',
]
