"""One length: what a run is told about it in several places has to agree."""
from __future__ import annotations

import os
from collections.abc import Iterator

from mmengine.hooks import Hook
from mmengine.optim import CosineAnnealingParamScheduler, PolyParamScheduler
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class TrainingLengthHook(Hook):
    """Refuse a training that is told two lengths, before its first step.

    The length is that of `train_cfg`, and the learning rate, the crops and the EMA follow it.

    Raises:
        ValueError: the environment's `OADP_EPOCHS`, a top-level `epochs` of the config, or the end
            of a falling learning rate is another length.
    """

    def before_train(self, runner: Runner) -> None:
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            told = {'OADP_EPOCHS': os.environ.get('OADP_EPOCHS'),
                    'the option epochs': runner.cfg.get('epochs')}
            for name, epochs in told.items():
                if epochs is not None and str(epochs) != str(runner.max_epochs):
                    raise ValueError(
                        f'{name} says {epochs} epochs, but train_cfg.max_epochs is '
                        f'{runner.max_epochs}: give one length, by --cfg-options '
                        'train_cfg.max_epochs=N or by OADP_EPOCHS=N')
        last = max(_ends(runner), default=runner.max_iters)
        if last != runner.max_iters:
            raise ValueError(
                f'the learning rate falls for {last} iterations, but the training has '
                f'{runner.max_iters}: leave `end` and `T_max` out of param_scheduler, which then '
                'follows the length of train_cfg')


def _ends(runner: Runner) -> Iterator[int]:
    """The last iteration of each schedule that falls all the way to its end."""
    found = runner.param_schedulers or []
    for group in found.values() if isinstance(found, dict) else [found]:
        for scheduler in group:
            if isinstance(scheduler, CosineAnnealingParamScheduler | PolyParamScheduler):
                yield scheduler.end * (len(runner.train_dataloader) if scheduler.by_epoch else 1)
