"""Weights along a training, to see what more steps would have been worth."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner

from oadp_mm.engine.run_length import accumulated_batches
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class KeptStepsHook(Hook):
    """Write `step_N.pth` after the Nth optimizer step: weights alone, which no run goes on from.

    They are of a training whose learning rate has not come to its end: what as many steps would
    give that were planned as such is at least as good.

    Args:
        steps: of the optimizer, each 1 or more; those beyond the training are never reached.

    Raises:
        ValueError: if they are anything else.
    """

    def __init__(self, steps: Sequence[int]) -> None:
        if not all(type(step) is int and step > 0 for step in steps):
            raise ValueError(f'steps must be whole numbers above 0, got {list(steps)}')
        self.steps = frozenset(steps)

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None,
                         outputs: dict | None = None) -> None:
        step, rest = divmod(runner.iter + 1, accumulated_batches(runner))
        if not rest and step in self.steps:
            runner.save_checkpoint(runner.work_dir, f'step_{step}.pth', save_optimizer=False,
                                   save_param_scheduler=False, by_epoch=False)
