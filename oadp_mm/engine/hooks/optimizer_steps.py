"""Says at the start of a training how much learning it comes to, and at which rate it is."""
from __future__ import annotations

import math
from typing import Any

from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.engine.run_length import accumulated_batches, images_a_step
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class OptimizerStepsHook(Hook):
    """Log images, iterations and optimizer steps when a training starts.

    What learns is an optimizer step, and accumulation makes fewer of them than there are
    iterations. So few steps bring a warning with the settings that would make them enough.

    Where the first parameter is frozen (a short training's stem), its rate of 0 is not that which
    the log gives.

    Args:
        few: steps below which there is a warning. After 500 a target that keeps 0.99 a step holds
            less than 1% of its random start (0.99**500).
    """

    def __init__(self, few: int = 500) -> None:
        self.few = few

    def before_train(self, runner: Runner) -> None:
        if not isinstance(runner.optim_wrapper, OptimWrapper):
            return  # several optimizers step as their model likes
        batches = accumulated_batches(runner)
        # The batches that are left over at the end of the training make a step, too.
        steps = math.ceil(runner.max_iters / batches)
        runner.logger.info(f'{_length(runner)} = {_counted(steps, "optimizer step")}' + (
            f' ({batches} batches a step)' if batches > 1 else '') + (
            f'; {_counted(runner.iter, "iteration")} done' if runner.iter else ''))
        if advice := self.advice(runner):
            runner.logger.warning(advice)

    def advice(self, runner: Runner) -> str:
        """How to make them enough, '' where they are."""
        batches = accumulated_batches(runner)
        steps = math.ceil(runner.max_iters / batches)
        return _advice(runner, steps, batches, self.few) if steps < self.few else ''

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        if not isinstance(runner.optim_wrapper, OptimWrapper):
            return
        rates = runner.optim_wrapper.get_lr()['lr']
        if not rates[0]:  # the host logs that of the first parameter, of a stem that may be frozen
            runner.message_hub.update_scalar('train/lr', max(rates))


def _length(runner: Runner) -> str:
    loader, processes = runner.train_dataloader, get_world_size()
    size = loader.batch_size or getattr(loader.batch_sampler, 'batch_size', None)
    batch = f' of {_counted(size, "image")}' if size else ''
    if size and processes > 1:
        batch += f' in each of {processes} processes'
    images = _counted(len(loader.dataset), 'image')
    iterations = _counted(runner.max_iters, 'iteration')
    if isinstance(runner.train_loop, EpochBasedTrainLoop):
        return (f'{images}, {_counted(len(loader), "iteration")} an epoch{batch}, '
                f'{_counted(runner.max_epochs, "epoch")} = {iterations}')
    return f'{images}, {iterations}{batch}'


def _counted(number: int, thing: str) -> str:
    return f'{number} {thing}' + ('s' if number != 1 else '')


def _advice(runner: Runner, steps: int, batches: int, few: int) -> str:
    def long_enough(batches: int) -> str:
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            epochs = math.ceil(few * batches / len(runner.train_dataloader))
            if runner.cfg.get('asked'):  # by `oadp-mm pretrain`, whose rules start from its option
                return f'--epochs {epochs}'
            return f'train_cfg.max_epochs={epochs}'
        return f'train_cfg.max_iters={few * batches}'

    ways = [long_enough(batches)]
    if (fewer := max(1, runner.max_iters // few)) < batches:
        ways.insert(0, f'optim_wrapper.accumulative_counts={fewer}{_rate(runner, fewer)}' + (
            f' {long_enough(fewer)}' if runner.max_iters < few else ''))
    return (f'{_counted(steps, "optimizer step")}, fewer than {few}, may be too few to learn from: '
            f'consider {"" if ways[0].startswith("--") else "--cfg-options "}{", or ".join(ways)}')


def _rate(runner: Runner, batches: int) -> str:
    """The learning rate for steps of so many batches, where nothing scales it on its own.

    It is in proportion to the images of a step, from those that the config says it is for, or else
    from those that it is used with.
    """
    scaling = runner.cfg.get('auto_scale_lr') or {}
    if scaling.get('enable'):
        return ''
    now = images_a_step(runner)
    images = now * batches / accumulated_batches(runner)
    group = runner.optim_wrapper.optimizer.param_groups[0]
    rate = group.get('initial_lr', group['lr']) * images / scaling.get('base_batch_size', now)
    return f' optim_wrapper.optimizer.lr={rate:.3g}'
