"""What every pretraining algorithm shares: an online backbone, its EMA copy, and when it moves."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from mmengine.dist import get_world_size
from mmpretrain.models.selfsup.base import BaseSelfSupervisor
from mmpretrain.models.utils import batch_shuffle_ddp, batch_unshuffle_ddp
from torch import Tensor, nn

from oadp_mm.layers.ema import EMACopy
from oadp_mm.models.heads.projection import MapHead, RowHead
from oadp_mm.models.view_pairs import Description, EncodedViews, Maps, Pairs, check_pairs
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.ops.schedules import cosine_ema_decay
from oadp_mm.registry import MODELS


class Pretrainer(BaseSelfSupervisor):
    """Base of the algorithms.

    Subclasses write `losses(views, **extras)`, which reads the weights and changes none; `extras`
    is whatever else the data preprocessor returns. What moves once per optimizer step moves in
    `after_step`, which `oadp_mm.AfterStepHook` calls. Their objectives are heads.

    Args:
        backbone: config of the online backbone, or the module.
        data_preprocessor: config or module, see the host.
        pairs: the loss is a sum over these pairs of views (a, b), counted from 0: the online
            network of view a against the target's of view b.
        ema_decay: fraction of the target kept at the first step; None: there is no EMA copy, and
            the online network is the target, without gradient (SimSiam).
        final_ema_decay: fraction kept at the last step, reached as a cosine.
        target_backbone: what differs in the config of the target's backbone (MoBy: no drop path).
        shuffle_bn: the target sees the images of all processes in another distribution, so that
            batch norm cannot tell which belong together (MoCo, section 3.3).
        init_cfg: the host's.

    Raises:
        ValueError: a decay outside [0, 1], or pairs that are none.
    """

    def __init__(self, backbone: dict | nn.Module, *, data_preprocessor: dict | nn.Module,
                 pairs: Pairs, ema_decay: float | None = 0.99, final_ema_decay: float = 1.0,
                 target_backbone: dict | None = None, shuffle_bn: bool = False,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        for name, decay in (('ema_decay', ema_decay), ('final_ema_decay', final_ema_decay)):
            if decay is not None and not 0 <= decay <= 1:
                raise ValueError(f'{name} is the fraction of the target kept a step and lies in '
                                 f'[0, 1], got {decay}')
        self.ema_decay, self.final_ema_decay = ema_decay, final_ema_decay
        self.pairs, self.shuffle_bn = check_pairs(pairs), shuffle_bn
        self.target = None if ema_decay is None else EMACopy(
            self.backbone, None if target_backbone is None else MODELS.build(
                {**cast(dict, backbone), **target_backbone}))
        self.after_step_attached = False

    def init_weights(self) -> None:
        """Initialise the online modules as the host does, then start the targets from them."""
        super().init_weights()
        for copy in self.copies():
            copy.reset()

    def objectives(self) -> dict[str, RowHead | MapHead]:
        """The heads that were built, by name."""
        return {name: part for name, part in self.named_modules()
                if isinstance(part, RowHead | MapHead)}

    def copies(self) -> list[EMACopy]:
        """All that follow an online module."""
        return [part for part in self.modules() if isinstance(part, EMACopy)]

    def after_step(self, progress: float) -> None:
        """Move the targets after an optimizer step, and the memories of the objectives.

        Args:
            progress: share of the training done, in [0, 1].
        """
        if self.ema_decay is not None:
            decay = cosine_ema_decay(progress, self.ema_decay, self.final_ema_decay)
            for copy in self.copies():
                copy.follow(decay)
        for head in self.objectives().values():
            head.after_step()

    def forward(self, inputs: list[Tensor], data_samples: list | None = None,
                mode: str = 'tensor', **extras):
        """`mode='loss'`: dict of losses, whose keys wait to be remembered; `'tensor'`: backbone
        features of the inputs.
        """
        if mode != 'loss':
            return super().forward(inputs, data_samples, mode)
        views = self.encode(inputs)
        losses = self.losses(views, **extras)
        for view, description in views.target.items():
            for name, head in self.objectives().items():
                if name in description:
                    head.remember(description[name], view)
        return losses

    def loss(self, inputs: list[Tensor], data_samples: list | None = None,
             **extras: Any) -> dict[str, Tensor]:
        """The losses of a batch of views; changes nothing but batch norm's running statistics.

        A training calls `forward`, which also lets the heads remember.
        """
        return self.losses(self.encode(inputs), **extras)

    def losses(self, views: EncodedViews, *args: Any, **kwargs: Any) -> dict[str, Tensor]:
        """The terms of the loss, by name; changes nothing."""
        raise NotImplementedError

    def encode(self, inputs: list[Tensor]) -> EncodedViews:
        """Pass each view through the networks that `pairs` ask for.

        Args:
            inputs: the normalised views (b, 3, h, w).

        Raises:
            ValueError: `pairs` name a view that is not there, or batch norm cannot use the batch.
        """
        if (last := max(map(max, self.pairs))) >= len(inputs):
            raise ValueError(f'pairs name view {last}, counted from 0, but a batch has '
                             f'{len(inputs)} views: add one to `views.each` of the data set')
        self.check_batch(inputs)
        online = {a: self.backbone(inputs[a]) for a in dict.fromkeys(a for a, _ in self.pairs)}
        target = {b: self.encode_target(inputs[b], self.describe, online.get(b))
                  for b in dict.fromkeys(b for _, b in self.pairs)}
        for description in target.values():
            for name, head in self.objectives().items():  # in one order on all processes
                if name in description:
                    description[name] = head.gather(description[name])
        return EncodedViews(inputs, online, target)

    def describe(self, maps: Maps) -> Description:
        """What the target says of a view: by each head's name, what that head makes of the last
        map, of rows the whole's and of maps the map's.
        """
        whole, features = whole_and_map(maps[-1])
        return {name: head.target(whole if isinstance(head, RowHead) else features)
                for name, head in self.objectives().items()}

    def project_view(self, view: Tensor, maps: Maps) -> Tensor | None:
        """Online projections (b, d) of whole views, of whatever collapses first.

        Args:
            view: normalised (b, 3, h, w).
            maps: the backbone's of it.

        Returns:
            Those of the first head that projects whole views; None if there is none.
        """
        whole, _ = whole_and_map(maps[-1])
        return next((head.project(whole) for head in self.objectives().values()
                     if isinstance(head, RowHead) and head.in_channels == whole.shape[1]), None)

    def encode_target(self, images: Tensor, describe: Callable[[Maps], Description],
                      online: Maps | None = None) -> Description:
        """`describe(maps)` of images by the target network, without gradient.

        Args:
            images: one view (b, 3, h, w).
            describe: makes tensors with a row an image of the backbone's maps. Only these travel
                back after `shuffle_bn`, so they had better be small.
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

            def back(rows: Tensor | tuple[Tensor, ...]):
                return (tuple(map(back, rows)) if isinstance(rows, tuple)
                        else batch_unshuffle_ddp(rows, order))

            return {name: back(rows) for name, rows in describe(self.target(shuffled)).items()}

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
                             'least 2: add images if there is only one, and --cfg-options '
                             'train_dataloader.batch_size=2 or more')


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
