"""What every pretraining algorithm shares: an online backbone, its EMA copy, and when it moves."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

import torch
from mmengine.dist import get_world_size
from mmpretrain.models.selfsup.base import BaseSelfSupervisor
from mmpretrain.models.utils import batch_shuffle_ddp, batch_unshuffle_ddp
from torch import Tensor, nn

from ..layers.ema import EMACopy
from ..ops.schedules import cosine_ema_decay
from ..registry import MODELS
from .heads.projection import ProjectionHead

Maps = Sequence[Tensor]
Describe = Callable[[Maps], tuple[Tensor, ...]]


class Direction(NamedTuple):
    """One view's features by the online network, and another's by the target."""

    online_view: int
    target_view: int
    maps: Maps
    keys: tuple[Tensor, ...]


class Pretrainer(BaseSelfSupervisor):
    """Base of the algorithms.

    Subclasses write ``loss(inputs, data_samples, **extras)``, which reads the weights and changes
    none; ``extras`` is whatever else the data preprocessor returns. What moves once per optimizer
    step moves in :meth:`after_step`, which ``oadp_mm.AfterStepHook`` calls. Their objectives are
    heads, which :meth:`objectives` lists.

    Args:
        backbone: config of the online backbone, or the module.
        data_preprocessor: config or module, see the host.
        symmetric: the loss is a sum of both directions: each view also takes the other's role.
        ema_decay: fraction of the target kept at the first step; None: there is no EMA copy, and
            the online network is the target, without gradient (SimSiam).
        final_ema_decay: fraction kept at the last step, reached as a cosine.
        target_backbone: what differs in the config of the target's backbone (MoBy: no drop path).
        shuffle_bn: the target sees the images of all processes in another distribution, so that
            batch norm cannot tell which belong together (MoCo, section 3.3).
        init_cfg: the host's.

    Raises:
        ValueError: a decay outside [0, 1].
    """

    def __init__(self, backbone: dict | nn.Module, *, data_preprocessor: dict | nn.Module,
                 symmetric: bool, ema_decay: float | None = 0.99, final_ema_decay: float = 1.0,
                 target_backbone: dict | None = None, shuffle_bn: bool = False,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        for name, decay in (('ema_decay', ema_decay), ('final_ema_decay', final_ema_decay)):
            if decay is not None and not 0 <= decay <= 1:
                raise ValueError(f'{name} is the fraction of the target kept a step and lies in '
                                 f'[0, 1], got {decay}')
        self.ema_decay, self.final_ema_decay = ema_decay, final_ema_decay
        self.symmetric, self.shuffle_bn = symmetric, shuffle_bn
        self.target: EMACopy | None = None
        if ema_decay is not None:
            self.target = EMACopy(self.backbone if target_backbone is None
                                  else MODELS.build({**cast(dict, backbone), **target_backbone}))
            self.target.reset(self.backbone)
        self.after_step_attached = False

    def init_weights(self) -> None:
        """Initialise the online modules as the host does, then start the targets from them."""
        super().init_weights()
        for online, target in self.followers():
            target.reset(online)

    def objectives(self) -> list[ProjectionHead]:
        """The heads that were built."""
        raise NotImplementedError

    def followers(self) -> list[tuple[nn.Module, EMACopy]]:
        """Every pair of an online module and the copy that follows it."""
        backbone = [] if self.target is None else [(self.backbone, self.target)]
        return [*backbone, *(pair for head in self.objectives() for pair in head.followers())]

    def after_step(self, progress: float) -> None:
        """Move the targets after an optimizer step, and the memories of the objectives.

        Args:
            progress: share of the training done, in [0, 1].
        """
        if self.ema_decay is not None:
            decay = cosine_ema_decay(progress, self.ema_decay, self.final_ema_decay)
            for online, target in self.followers():
                target.update(online, decay)
        for head in self.objectives():
            head.after_step()

    def directions(self, inputs: list[Tensor], describe: Describe) -> Iterator[Direction]:
        """Encode the views (b, 3, h, w) for each direction of the loss.

        Args:
            inputs: the two normalised views.
            describe: see :meth:`encode_target`.
        """
        self.check_batch(inputs)
        pairs = ((0, 1), (1, 0)) if self.symmetric else ((0, 1),)
        online = {a: self.backbone(inputs[a]) for a, _ in pairs}
        for a, b in pairs:
            yield Direction(a, b, online[a],
                            self.encode_target(inputs[b], describe, online.get(b)))

    def encode_target(self, images: Tensor, describe: Describe,
                      online: Maps | None = None) -> tuple[Tensor, ...]:
        """``describe(maps)`` of images by the target network, without gradient.

        Args:
            images: one view (b, 3, h, w).
            describe: makes tensors with a row an image of the backbone's maps. Only these travel
                back after ``shuffle_bn``, so they had better be small.
            online: the online network's maps of the same images, if they are at hand: they are the
                target's where there is no EMA copy.
        """
        if self.target is None:
            with torch.no_grad():
                maps = self.backbone(images) if online is None else online
            return describe([features.detach() for features in maps])
        with torch.no_grad():
            if not self.shuffle_bn or get_world_size() == 1:
                return describe(self.target(images))
            shuffled, order = batch_shuffle_ddp(images)
            rows = describe(self.target(shuffled))
            return tuple(batch_unshuffle_ddp(row, order) for row in rows)

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


def summed(losses: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The losses of all directions, added by name."""
    return {name: torch.stack([terms[name] for terms in losses]).sum() for name in losses[0]}


@torch.no_grad()
def feature_channels(backbone: nn.Module) -> list[int]:
    """Channels of each map a backbone returns, found by asking it.

    The size of the question is that of the papers: some transformers take no smaller one.
    """
    training = backbone.training
    backbone.eval()  # a call of its own: the host's ResNet returns nothing here
    maps = backbone(torch.zeros(1, 3, 224, 224))
    backbone.train(training)
    return [features.shape[1 if features.ndim == 4 else -1] for features in maps]
