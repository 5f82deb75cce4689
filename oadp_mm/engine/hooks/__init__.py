"""Hooks, registered in `oadp_mm.registry.HOOKS`."""
from __future__ import annotations

from oadp_mm.engine.hooks.after_step import AfterStepHook
from oadp_mm.engine.hooks.checkpoint import CheckpointHook
from oadp_mm.engine.hooks.collapse import CollapseHook
from oadp_mm.engine.hooks.crop_schedule import CropScheduleHook
from oadp_mm.engine.hooks.fast_step import FastStepHook
from oadp_mm.engine.hooks.finite_loss import FiniteLossHook
from oadp_mm.engine.hooks.handoff_check import HandoffCheckHook
from oadp_mm.engine.hooks.kept_steps import KeptStepsHook
from oadp_mm.engine.hooks.next_step import NextStepHook
from oadp_mm.engine.hooks.optimizer_steps import OptimizerStepsHook
from oadp_mm.engine.hooks.peak_memory import PeakMemoryHook
from oadp_mm.engine.hooks.precise_bn import PreciseBNHook
from oadp_mm.engine.hooks.progress import ProgressHook
from oadp_mm.engine.hooks.seed import SeedHook
from oadp_mm.engine.hooks.training_length import TrainingLengthHook
from oadp_mm.engine.hooks.unreadable_images import UnreadableImagesHook

__all__ = ['AfterStepHook', 'CheckpointHook', 'CollapseHook', 'CropScheduleHook',
           'FastStepHook', 'FiniteLossHook', 'HandoffCheckHook', 'KeptStepsHook', 'NextStepHook',
           'OptimizerStepsHook', 'PeakMemoryHook', 'PreciseBNHook', 'ProgressHook', 'SeedHook',
           'TrainingLengthHook', 'UnreadableImagesHook']
