"""The learning rates that a runner would follow, without a training."""
from __future__ import annotations

import logging
from types import SimpleNamespace

import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from mmengine.runner import EpochBasedTrainLoop, Runner

#: Iterations of an epoch here.
EPOCH = 10


def learning_rates(config: Config) -> list[float]:
    """The rate of each iteration of a training over epochs, by mmengine's own schedulers."""
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=config.optim_wrapper.optimizer.lr)
    wrapper, epochs = OptimWrapper(optimizer), config.train_cfg.max_epochs
    runner = SimpleNamespace(
        _train_loop=EpochBasedTrainLoop.__new__(EpochBasedTrainLoop), max_epochs=epochs,
        max_iters=epochs * EPOCH, train_dataloader=range(EPOCH), optim_wrapper=wrapper,
        logger=logging.getLogger(__name__))
    schedulers = Runner._build_param_scheduler(runner, config.param_scheduler, wrapper)
    rates = []
    for step in range(1, runner.max_iters + 1):
        rates.append(optimizer.param_groups[0]['lr'])
        for scheduler in schedulers:
            if not scheduler.by_epoch or step % EPOCH == 0:
                scheduler.step()
    return rates
