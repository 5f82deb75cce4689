"""Checkpoints from which a run goes on exactly, and of which one is always whole."""
from __future__ import annotations

from typing import Any

import torch
from mmengine.dist import all_reduce, is_main_process
from mmengine.hooks import CheckpointHook as HostCheckpointHook
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import Tensor

from oadp_mm.engine.arithmetic import PLAIN, arithmetic
from oadp_mm.engine.bare_model import bare_model
from oadp_mm.engine.resumable import check_resumable
from oadp_mm.engine.run_length import check_same_length, run_length, saved_length
from oadp_mm.registry import HOOKS

_LENGTH, _GRADIENTS, _ARITHMETIC = 'run_length', 'gradients', 'arithmetic'


@HOOKS.register_module()
class CheckpointHook(HostCheckpointHook):
    """mmengine's, with four differences.

    - An old checkpoint is removed when the new one lies whole beside it. mmengine removes it first,
      so that with `max_keep_ckpts=1` a kill in that moment loses the training.
    - With accumulated batches, the gradients of a step that is not complete are saved and restored:
      a resumed run takes the same step. Of several processes it is their mean, which is the same
      but for rounding.
    - A training by epochs is saved at the end of an epoch, where it goes on from.
    - A resumed run has to be the one that it goes on with and to count as it did, see
      `oadp_mm.engine.resumable` and `run_length`.

    Args:
        max_keep_ckpts: checkpoints that stay, the newest; -1 keeps all.
        **options: mmengine's.

    Raises:
        CheckpointError: on a resume, if the checkpoint is not one of this training.
        ValueError: a training by epochs is to be saved within one; on a resume, if an epoch, a step
            or the run has another length than before.
    """

    def __init__(self, *, max_keep_ckpts: int = -1, **options: Any) -> None:
        # The host makes room before it writes; with room for one more it never has to.
        self.keep = max_keep_ckpts
        super().__init__(max_keep_ckpts=max_keep_ckpts + 1 if max_keep_ckpts > 0 else -1, **options)
        self._gradients: dict[str, Tensor] = {}

    def before_train(self, runner: Runner) -> None:
        if isinstance(runner.train_loop, EpochBasedTrainLoop) and not self.by_epoch and (
                self.interval > 0):
            raise ValueError('a training by epochs goes on from the end of an epoch only, but '
                             f'default_hooks.checkpoint saves it every {self.interval} iterations: '
                             'set its by_epoch=True and an interval in epochs')
        super().before_train(runner)

    def _save_checkpoint_with_step(self, runner: Runner, step: int, meta: dict) -> None:
        self._gradients = _pending_gradients(runner)
        super()._save_checkpoint_with_step(runner, step, meta)
        while 0 < self.keep < len(self.keep_ckpt_ids):
            old = self.file_backend.join_path(
                self.out_dir, self.filename_tmpl.format(self.keep_ckpt_ids.popleft()))
            if is_main_process() and self.file_backend.isfile(old):
                self.file_backend.remove(old)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        checkpoint['meta'][_LENGTH] = run_length(runner)
        checkpoint['meta'][_ARITHMETIC] = arithmetic(runner)
        if self._gradients and 'optimizer' in checkpoint:
            checkpoint[_GRADIENTS] = self._gradients

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if not runner._resume:
            return
        check_resumable(runner, bare_model(runner), checkpoint)
        check_same_length(saved_length(checkpoint['meta']), run_length(runner))
        before, now = checkpoint['meta'].get(_ARITHMETIC, PLAIN), arithmetic(runner)
        if before != now:
            runner.logger.warning(f'the steps before were computed in {before}, those that follow '
                                  f'are in {now}: the run does not end bit by bit as it would have')
        pending = checkpoint.get(_GRADIENTS, {})
        for name, parameter in bare_model(runner).named_parameters():
            if name in pending:
                parameter.grad = pending[name].to(parameter.device)


def _pending_gradients(runner: Runner) -> dict[str, Tensor]:
    """Gradients that no step has taken yet, on the CPU; the mean of all processes."""
    update = getattr(runner.optim_wrapper, 'should_update', lambda: True)
    if update():
        return {}
    found = {name: parameter.grad.clone(memory_format=torch.contiguous_format)
             for name, parameter in bare_model(runner).named_parameters()
             if parameter.grad is not None}
    for gradient in found.values():
        all_reduce(gradient, op='mean')
    return {name: gradient.cpu() for name, gradient in found.items()}
