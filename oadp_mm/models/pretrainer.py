"""What every pretraining algorithm shares: an online backbone, its EMA copy, and when it moves."""
from __future__ import annotations

import torch
from mmengine.dist import get_world_size
from mmpretrain.models.selfsup.base import BaseSelfSupervisor
from torch import Tensor, nn

from ..layers.ema import EMACopy
from ..ops.schedules import cosine_ema_decay


class Pretrainer(BaseSelfSupervisor):
    """Base of the algorithms.

    Subclasses write ``loss(inputs, data_samples, **extras)``, which reads the weights and changes
    none; ``extras`` is whatever else the data preprocessor returns. What moves once per optimizer
    step moves in :meth:`after_step`, which ``oadp_mm.AfterStepHook`` calls.

    Args:
        backbone: config of the online backbone, or the module.
        data_preprocessor: config or module, see the host.
        ema_decay: fraction of the target kept at the first step; rises to 1 as a cosine.
        init_cfg: the host's.

    Raises:
        ValueError: ``ema_decay`` outside [0, 1].
    """

    def __init__(self, backbone: dict | nn.Module, *, data_preprocessor: dict | nn.Module,
                 ema_decay: float = 0.99, init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        if not 0 <= ema_decay <= 1:
            raise ValueError('ema_decay is the fraction of the target kept a step and lies in '
                             f'[0, 1], got {ema_decay}')
        self.ema_decay = ema_decay
        self.target = EMACopy(self.backbone)
        self.after_step_attached = False

    def init_weights(self) -> None:
        """Initialise the online modules as the host does, then start the targets from them."""
        super().init_weights()
        for online, target in self.followers():
            target.reset(online)

    def followers(self) -> list[tuple[nn.Module, EMACopy]]:
        """Every pair of an online module and the copy that follows it."""
        return [(self.backbone, self.target)]

    def after_step(self, progress: float) -> None:
        """Move the targets after an optimizer step.

        Args:
            progress: share of the training done, in [0, 1].
        """
        decay = cosine_ema_decay(progress, self.ema_decay)
        for online, target in self.followers():
            target.update(online, decay)

    def forward(self, inputs: list[Tensor], data_samples: list | None = None,
                mode: str = 'tensor', **extras):
        """``mode='loss'``: dict of losses; ``'tensor'``: backbone features of the inputs."""
        if mode == 'loss':
            return self.loss(inputs, data_samples, **extras)
        return super().forward(inputs, data_samples, mode)

    def parse_losses(self, losses: dict) -> tuple[Tensor, dict[str, Tensor]]:
        """The host's, refused if nothing would ever move the target.

        Every training step goes through here, with and without a distributed wrapper.
        """
        if not self.after_step_attached:
            raise RuntimeError(f'the target of {type(self).__name__} would never move: add '
                               "dict(type='oadp_mm.AfterStepHook') to custom_hooks")
        return super().parse_losses(losses)

    def check_batch(self, inputs: list[Tensor]) -> None:
        """Refuse a batch whose statistics batch norm cannot compute.

        Raises:
            ValueError: one image on one process in training.
        """
        if self.training and len(inputs[0]) == 1 and get_world_size() == 1:
            raise ValueError('batch norm of one image is undefined: got a batch of 1, expected at '
                             'least 2; raise train_dataloader.batch_size')


@torch.no_grad()
def feature_channels(backbone: nn.Module) -> list[int]:
    """Channels of each map a backbone returns, found by asking it."""
    training = backbone.training
    backbone.eval()  # a call of its own: the host's ResNet returns nothing here
    maps = backbone(torch.zeros(1, 3, 64, 64))
    backbone.train(training)
    return [features.shape[1] for features in maps]
