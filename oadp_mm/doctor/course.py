"""How what moves in a training moves: learning rate, targets, crops, at shares of its length."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from mmengine.optim import OptimWrapper
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import nn

from oadp_mm.engine.hooks.dataset_walk import holders
from oadp_mm.ops.schedules import cosine_ema_decay

#: Of the length of a training.
SHARES = (0.0, 0.1, 0.5, 1.0)


def course(runner: Runner, model: nn.Module) -> dict[str, Any]:
    """What moves, as text at each of `SHARES`, by name; nothing is changed.

    Args:
        runner: whose training begins.
        model: its own.

    Returns:
        `rows`, and `warm_up`, the share of the training that it takes (0 for none).
    """
    last = runner.max_iters - 1
    at = [round(share * last) for share in SHARES]
    rates = learning_rates(runner, at)
    rows = {'learning rate': [f'{rate:.3g}' for rate in rates]}
    if (decays := ema_decays(model, SHARES)) is not None:
        rows['target keeps'] = [f'{decay:.4f}' for decay in decays]
    rows |= crops(runner)
    return {'rows': rows, 'warm_up': warm_up(runner.cfg.get('param_scheduler'), runner.max_iters)}


def learning_rates(runner: Runner, at: Sequence[int]) -> list[float]:
    """Greatest rate of all parameters in these iterations, by stepping schedulers of its own."""
    groups = runner.optim_wrapper.optimizer.param_groups
    weight = nn.Parameter(torch.zeros(()))
    stand_in = OptimWrapper(torch.optim.SGD(
        [weight], lr=max(group.get('initial_lr', group['lr']) for group in groups)))
    told = runner.cfg.get('param_scheduler')
    held, runner.optim_wrapper = runner.optim_wrapper, stand_in
    try:
        schedulers: Any = runner.build_param_scheduler(told) if told else []
    finally:
        runner.optim_wrapper = held
    epoch = len(runner.train_dataloader) if isinstance(
        runner.train_loop, EpochBasedTrainLoop) else runner.max_iters
    wanted, rates = set(at), {}
    stand_in.optimizer.step()  # torch asks for one before the first of a scheduler
    for iteration in range(max(at) + 1):
        if iteration in wanted:
            rates[iteration] = stand_in.optimizer.param_groups[0]['lr']
        for scheduler in schedulers:
            if not scheduler.by_epoch or (iteration + 1) % epoch == 0:
                scheduler.step()
    return [rates[iteration] for iteration in at]


def ema_decays(model: Any, shares: Sequence[float]) -> list[float] | None:
    """Fraction of the target that a step keeps; None of a model without one."""
    if getattr(model, 'ema_decay', None) is not None:
        return [cosine_ema_decay(share, model.ema_decay, model.final_ema_decay)
                for share in shares]
    part: Any
    for part in model.modules():  # mmpretrain's own: momentum is the fraction that is new
        if hasattr(part, 'end_momentum'):
            return [cosine_ema_decay(share, 1 - part.momentum, 1 - part.end_momentum)
                    for share in shares]
        if hasattr(part, 'avg_func') and hasattr(part, 'momentum'):
            return [1 - part.momentum] * len(shares)
    return None


def crops(runner: Runner) -> dict[str, list[str]]:
    """Shares of an image's area that views take, of crops that follow epochs."""
    if not isinstance(runner.train_loop, EpochBasedTrainLoop):
        return {}
    epochs = [max(1, math.ceil(share * runner.max_epochs)) for share in SHARES]
    moving = [crop for crop in holders(runner, 'set_epoch')
              if getattr(crop, 'follows_epochs', False) and hasattr(crop, 'current_scale')]
    rows = {}
    for number, crop in enumerate(moving, 1):
        ranges = []
        for epoch in epochs:
            crop.set_epoch(epoch)
            low, high = crop.current_scale
            ranges.append(f'{low:.2f}-{high:.2f}')
        crop.set_epoch(1)
        rows[f'crop of view {number}'] = ranges
    return rows


def warm_up(schedulers: Any, iterations: int) -> float:
    """Share of the training in which the rate rises: of our own schedulers, and of the host's."""
    told = schedulers if isinstance(schedulers, list | tuple) else [schedulers or {}]
    for each in told:
        if each.get('type') == 'oadp_mm.WarmUpLR':
            return float(each['until'])
        if each.get('type') == 'LinearLR' and not each.get('by_epoch', True):
            return min(1.0, each.get('end', 0) / iterations)
    return 0.0
