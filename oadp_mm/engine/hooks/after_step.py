"""Calls the model after each step of the optimizer, and only then."""
from __future__ import annotations

from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from oadp_mm.engine.bare_model import bare_model
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class AfterStepHook(Hook):
    """Call `model.after_step(progress)` once per optimizer step.

    A step is what the optimizer did, not what an iteration is: accumulated gradients make one step
    of several iterations, and mixed precision skips the steps whose gradients overflowed. So the
    optimizer itself is listened to. `progress` is the finished share of the training, in (0, 1],
    counted in iterations; it goes on after a resume.

    `model.after_step_attached` is True while the training runs. A model without `after_step`, such
    as the host's own methods, which move their targets themselves, is left alone.

    Raises:
        ValueError: when the training starts, if there are several optimizers.
    """

    _handle: RemovableHandle | None = None

    def before_train(self, runner: Runner) -> None:
        model = bare_model(runner)
        if not hasattr(model, 'after_step'):
            return
        optimizer = getattr(runner.optim_wrapper, 'optimizer', None)
        if not isinstance(optimizer, Optimizer):
            raise ValueError('AfterStepHook needs an optimizer wrapper with one optimizer, got '
                             f'{type(runner.optim_wrapper).__name__}')

        def stepped(optimizer: Optimizer, args: Any, kwargs: Any) -> None:
            # A fused optimizer is called even if gradients overflowed, and skips the step itself.
            overflow = getattr(optimizer, 'found_inf', None)
            if overflow is None or not overflow.item():
                model.after_step((runner.iter + 1) / runner.max_iters)

        self._handle = optimizer.register_step_post_hook(stepped)
        self._model = model
        model.after_step_attached = True

    def after_train(self, runner: Runner) -> None:
        if self._handle is not None:
            self._handle.remove()
            self._model.after_step_attached = False
