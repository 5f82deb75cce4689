"""Hooks, registered in ``oadp_mm.registry.HOOKS``."""
from __future__ import annotations

from .after_step import AfterStepHook
from .crop_schedule import CropScheduleHook
from .handoff_check import HandoffCheckHook
from .progress import ProgressHook
from .training_length import TrainingLengthHook
from .unreadable_images import UnreadableImagesHook

__all__ = ['AfterStepHook', 'CropScheduleHook', 'HandoffCheckHook', 'ProgressHook',
           'TrainingLengthHook', 'UnreadableImagesHook']
