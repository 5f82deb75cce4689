"""One length: what a run is told about it in several places has to agree."""
from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from mmengine.hooks import Hook
from mmengine.optim import (
    CosineAnnealingParamScheduler,
    PolyParamScheduler,
    _ParamScheduler,
)
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.registry import HOOKS

#: What falls all the way to its end.
_FALLING = (CosineAnnealingParamScheduler, PolyParamScheduler)


@HOOKS.register_module()
class TrainingLengthHook(Hook):
    """Refuse a training that is told two lengths, before its first step.

    The length is that of `train_cfg`, and the learning rate, the crops and the EMA follow it.

    Raises:
        ValueError: the environment's `OADP_EPOCHS` or a top-level `epochs` of the config is another
            length, or the learning rate falls to its end at another iteration than the last.
    """

    def before_train(self, runner: Runner) -> None:
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            told = {'OADP_EPOCHS': os.environ.get('OADP_EPOCHS'),
                    'the option epochs': runner.cfg.get('epochs')}
            for name, epochs in told.items():
                if epochs not in (None, '') and _number(epochs) != runner.max_epochs:
                    raise ValueError(
                        f'{name} says {epochs} epochs, but train_cfg.max_epochs is '
                        f'{runner.max_epochs}: give one length, by --cfg-options '
                        'train_cfg.max_epochs=N or by OADP_EPOCHS=N')
        for schedule in _schedules(runner):
            _check(schedule, runner.max_iters, len(runner.train_dataloader), runner.iter > 0)


def _number(epochs: object) -> float | None:
    try:
        return float(str(epochs))
    except ValueError:
        return None


def _schedules(runner: Runner) -> Iterator[list[_ParamScheduler]]:
    """The schedulers of the learning rate, optimizer by optimizer."""
    found = runner.param_schedulers or []
    for group in found.values() if isinstance(found, dict) else [found]:
        yield [scheduler for scheduler in group if scheduler.param_name == 'lr']


def _check(schedule: Sequence[_ParamScheduler], iterations: int, epoch_length: int,
           resumed: bool) -> None:
    def count(scheduler: _ParamScheduler, step: int) -> int:
        return step * (epoch_length if scheduler.by_epoch else 1)

    falls = [count(each, each.begin + each.T_max if isinstance(each, CosineAnnealingParamScheduler)
                   else each.end) for each in schedule if isinstance(each, _FALLING)]
    last = max(falls, default=iterations)
    # After a fall that ends early something else may follow, as it is meant.
    if last > iterations or (last < iterations and not any(
            count(each, each.begin) >= last for each in schedule)):
        advice = ('resume with the epochs, images and batch size that it began with' if resumed else
                  'leave `end` and `T_max` out of param_scheduler, which then follows the length '
                  'of train_cfg')
        raise ValueError(f'the learning rate falls for {last} iterations, but the training has '
                         f'{iterations}: {advice}')
