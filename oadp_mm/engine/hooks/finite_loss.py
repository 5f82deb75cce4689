"""Ends a run whose loss or weights are no numbers any more, while its good checkpoints exist."""
from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop at the first loss that is not finite, and before weights are saved that are not.

    A loss may stay finite where weights, batch norm's statistics, the optimizer's moments or the
    gradients of a step that is not complete do not, so all of it is looked at before it is saved.
    The loss is, in every iteration: mmengine's `RuntimeInfoHook` has fetched it from the device by
    then. mmdet's own `CheckInvalidLossHook` looks every 50th time, so that a checkpoint may come
    first, is an `assert` without a word, and is registered in mmdet alone.

    Gradients that overflow in mixed precision are none of it: their step is skipped.

    Raises:
        ValueError: in training, with what came, when, and the last checkpoint; nothing was
            written or removed since.
    """

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch=None,
                         outputs: dict | None = None) -> None:
        if not outputs:
            return
        loss = _number(outputs.get('loss', 0.0))
        if not math.isfinite(loss):
            parts = {name: _number(value) for name, value in outputs.items()
                     if name != 'loss' and 'loss' in name}
            bad = [f'{name}={value}' for name, value in parts.items() if not math.isfinite(value)]
            raise ValueError(self._sentence(
                runner, f'the loss is {loss} '
                f'({", ".join(bad) or "its parts are finite, their sum is not"})',
                runner.iter + 1))

    def before_save_checkpoint(self, runner: Runner, checkpoint: Mapping) -> None:
        state = dict(_tensors(checkpoint.get('state_dict', {}), ''))
        state.update(_tensors(checkpoint.get('optimizer', {}).get('state', {}), 'optimizer.'))
        if not hasattr(runner.optim_wrapper, 'loss_scaler'):  # there an overflow is skipped
            state.update((f'gradient of {name}', parameter.grad)
                         for name, parameter in runner.model.named_parameters()
                         if parameter.grad is not None)
        bad = [name for name, value in state.items() if not value.isfinite().all()]
        if bad:
            raise ValueError(self._sentence(
                runner, f'{len(bad)} of {len(state)} weights, statistics and moments are not '
                f'finite, such as {bad[0]},', checkpoint['meta']['iter']))

    def _sentence(self, runner: Runner, what: str, iteration: int) -> str:
        told = Path(runner.work_dir, 'last_checkpoint')
        last = told.read_text().strip() if told.is_file() else ''
        rates = {rate for each in runner.optim_wrapper.get_lr().values() for rate in each}
        return (f'{what} in iteration {iteration} of {runner.max_iters}, at a learning rate '
                f'of {max(rates):.3g}: train with a lower optim_wrapper.optimizer.lr or with '
                'optim_wrapper.clip_grad.max_norm, and begin again' + (
                    f' or resume from {last}, the last checkpoint before' if last else
                    ', as there is no checkpoint yet'))


def _number(value: Any) -> float:
    return float(torch.as_tensor(value).detach())


def _tensors(node: Any, name: str) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _tensors(value, f'{name}.{key}'.lstrip('.'))
    elif isinstance(node, torch.Tensor) and node.is_floating_point():
        yield name, node
