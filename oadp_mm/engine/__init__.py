"""Registered hooks and weight initialisers."""
from __future__ import annotations

from .handoff import CheckedPretrained
from .hooks import (
    AfterStepHook,
    CropScheduleHook,
    DataHealthHook,
    HandoffCheckHook,
    ProgressHook,
)

__all__ = [
    'AfterStepHook',
    'CheckedPretrained',
    'CropScheduleHook',
    'DataHealthHook',
    'HandoffCheckHook',
    'ProgressHook',
]
