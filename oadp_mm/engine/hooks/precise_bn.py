"""Statistics of batch norms that belong to the last weights ("precise BN")."""
from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import Tensor

from oadp_mm.engine.bare_model import bare_model
from oadp_mm.layers.norm_statistics import has_norm_statistics, measuring_statistics
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class PreciseBNHook(Hook):
    """After the last step, measure the batch norms' statistics on training batches.

    The running averages of a training are those of weights that have changed since; detectron2
    (TEST.PRECISE_BN) measures them anew before it tests. As there, the model runs as it trains, on
    the batches that would have come next, without a gradient; statistics are those of all values of
    all processes. Checkpoint and validation at the end of the training have them; a resume that
    finds nothing left to train keeps those of its checkpoint.

    mmpretrain's hook of this name averages over batches instead and asks the loader for a batch
    size, which one that counts iterations may not have.

    Args:
        num_batches: of each process; a training by epochs gives no more than an epoch has.

    Raises:
        ValueError: before the first step, if the model has no batch norm to measure.
    """

    priority = 'LOW'  # behind the log of the last step, before the checkpoint

    def __init__(self, num_batches: int = 200) -> None:
        if not isinstance(num_batches, int) or num_batches < 1:
            raise ValueError('PreciseBNHook: num_batches is the training batches that a process '
                             f'measures, an integer of at least 1, got {num_batches}')
        self.num_batches = num_batches

    def before_train(self, runner: Runner) -> None:
        model = bare_model(runner)
        if not has_norm_statistics(model):
            raise ValueError(f'PreciseBNHook found no batch norm with statistics in '
                             f'{type(model).__name__}: take it out of custom_hooks')

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None,
                         outputs: dict | None = None) -> None:
        # Within an epoch the loader is in use: see below.
        if not _by_epoch(runner) and self.is_last_train_iter(runner):
            self._measure(runner, runner.train_loop.dataloader_iterator)

    def after_train_epoch(self, runner: Runner) -> None:
        if _by_epoch(runner) and self.is_last_train_epoch(runner):
            self._measure(runner, iter(runner.train_dataloader))

    @torch.no_grad()
    def _measure(self, runner: Runner, batches: Iterator[Any]) -> None:
        model = bare_model(runner)
        print_log(f'the statistics of batch norms are measured on {self.num_batches} batches a '
                  'process, without training', logger='current')
        shown = 0
        with measuring_statistics(model, total=_total) as measured:
            for batch in islice(batches, self.num_batches):
                shown += 1
                with runner.optim_wrapper.optim_context(model):  # at its precision
                    model(**model.data_preprocessor(batch, training=True), mode='loss')
        print_log(f'measured the statistics of {len(measured)} batch norms on {shown} batches a '
                  'process', logger='current')


def _by_epoch(runner: Runner) -> bool:
    return isinstance(runner.train_loop, EpochBasedTrainLoop)


def _total(part: Tensor) -> Tensor:
    whole = part.clone()
    all_reduce(whole, op='sum')
    return whole
