"""Hooks, registered in ``oadp_mm.registry.HOOKS``."""
from __future__ import annotations

from .after_step import AfterStepHook
from .crop_schedule import CropScheduleHook
from .data_health import DataHealthHook
from .handoff_check import HandoffCheckHook
from .progress import ProgressHook

__all__ = ['AfterStepHook', 'CropScheduleHook', 'DataHealthHook', 'HandoffCheckHook',
           'ProgressHook']
