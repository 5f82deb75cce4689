"""Says at the start of a training how much learning it comes to."""
from __future__ import annotations

import math

from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class OptimizerStepsHook(Hook):
    """Log images, iterations and optimizer steps when a training starts.

    What learns is an optimizer step, and accumulation makes fewer of them than there are
    iterations. So few steps bring a warning with the settings that would make them enough.

    Args:
        few: steps below which there is a warning. After 500 a target that keeps 0.99 a step holds
            less than 1% of its random start (0.99**500).
    """

    def __init__(self, few: int = 500) -> None:
        self.few = few

    def before_train(self, runner: Runner) -> None:
        if not isinstance(runner.optim_wrapper, OptimWrapper):
            return  # several optimizers step as their model likes
        # mmengine has no public name for it.
        batches = runner.optim_wrapper._accumulative_counts
        # The batches that are left over at the end of the training make a step, too.
        steps = math.ceil(runner.max_iters / batches)
        runner.logger.info(_length(runner) + f' = {steps} optimizer steps' + (
            f' ({batches} batches a step)' if batches > 1 else '') + (
            f'; {runner.iter} iterations are done' if runner.iter else ''))
        if steps < self.few:
            runner.logger.warning(_advice(runner, steps, batches, self.few))


def _length(runner: Runner) -> str:
    loader, processes = runner.train_dataloader, get_world_size()
    size = loader.batch_size or getattr(loader.batch_sampler, 'batch_size', None)
    batch = f' of {size} images' if size else ''
    if size and processes > 1:
        batch += f' in each of {processes} processes'
    if isinstance(runner.train_loop, EpochBasedTrainLoop):
        return (f'{len(loader.dataset)} images, {len(loader)} iterations an epoch{batch}, '
                f'{runner.max_epochs} epochs = {runner.max_iters} iterations')
    return f'{len(loader.dataset)} images, {runner.max_iters} iterations{batch}'


def _advice(runner: Runner, steps: int, batches: int, few: int) -> str:
    def long_enough(batches: int) -> str:
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            epochs = math.ceil(few * batches / len(runner.train_dataloader))
            return f'train_cfg.max_epochs={epochs}'
        return f'train_cfg.max_iters={few * batches}'

    ways = [long_enough(batches)]
    if (fewer := max(1, runner.max_iters // few)) < batches:
        group = runner.optim_wrapper.optimizer.param_groups[0]
        rate = group.get('initial_lr', group['lr']) * fewer / batches
        ways.insert(0, f'optim_wrapper.accumulative_counts={fewer} '
                    f'optim_wrapper.optimizer.lr={rate:.3g}' + (
                        f' {long_enough(fewer)}' if runner.max_iters < few else ''))
    return (f'{steps} optimizer steps are few to learn from, fewer than {few}: consider '
            f'--cfg-options {", or ".join(ways)}')
