"""Contrastive objectives over a queue: MoCo v2, MoBy and the dense branch of DenseCL."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import torch
from mmengine.dist import all_gather, get_world_size
from torch import Tensor, nn

from ...layers.queue import FeatureQueue
from ...ops.info_nce import check_temperature, info_nce
from ...ops.matching import match_features
from ...registry import MODELS
from .projection import Features, ProjectionHead


@MODELS.register_module()
class ContrastiveHead(ProjectionHead):
    """InfoNCE against a queue of past keys (MoCo; RegionCL eq. 1-2).

    Keys wait until the step is done and then enter the queue, from all processes in the order of
    their ranks; so all processes hold the same queue, and a repeated ``loss`` gives the same
    number.

    Args:
        in_channels: width of the feature rows.
        projector: options of ``mlp``, see :class:`ProjectionHead`.
        predictor: likewise, None for MoCo v2; MoBy has one.
        queue_length: K, at least the batch of all processes.
        queues: 1, or 2 with one for each view's keys (MoBy).
        temperature: t, positive.
        loss_weight: factor of the loss.
        ema: see :class:`ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range.
    """

    contrastive: ClassVar[bool] = True

    def __init__(self, in_channels: int, projector: Mapping[str, Any],
                 predictor: Mapping[str, Any] | None = None, queue_length: int = 65536,
                 queues: int = 1, temperature: float = 0.2, *, loss_weight: float = 1.0,
                 ema: bool = True) -> None:
        super().__init__(in_channels, projector, predictor, loss_weight=loss_weight, ema=ema)
        if queues not in (1, 2):
            raise ValueError(f'queues must be 1, or 2 for one a view, got {queues}')
        self.temperature = check_temperature(temperature)
        self.queues = nn.ModuleList(
            FeatureQueue(queue_length, self.out_channels) for _ in range(queues))
        self._waiting: list[list[Tensor]] = [[] for _ in self.queues]

    def queue(self, view: int) -> FeatureQueue:
        """The queue of the keys of one view."""
        return cast(FeatureQueue, self.queues[view % len(self.queues)])

    def loss(self, online: Tensor, target: Tensor, *, positive: Tensor | None = None,
             own_negatives: Tensor | None = None, view: int = 0) -> Tensor:
        """InfoNCE of queries, a scalar.

        Args:
            online: queries (n, d).
            target: keys (m, d).
            positive: int64 (n,), the row of ``target`` that is each query's positive; None: its
                own number.
            own_negatives: (n, d), one further negative a query.
            view: whose keys the target's are.
        """
        return self.loss_weight * info_nce(
            online, target if positive is None else target[positive], self.queue(view).rows,
            temperature=self.temperature, own_negatives=own_negatives)

    def remember(self, keys: Tensor, view: int = 0) -> None:
        """Let ``keys`` (n, d) wait for the end of the step.

        Raises:
            ValueError: the queue is shorter than the batch of all processes.
        """
        queue, waiting = self.queue(view), self._waiting[view % len(self.queues)]
        count, length = len(keys) * get_world_size(), len(queue.rows)
        if count > length:
            raise ValueError(f'a queue of {length} is shorter than a batch of {count} keys: set '
                             'queue_length to at least the batch size of all processes')
        waiting.append(keys.detach())
        # Steps that mixed precision skips, or a loss nobody steps on, must not pile up.
        while (len(waiting) - 1) * count >= length:
            waiting.pop(0)

    def after_step(self) -> None:
        """Put the waiting keys of all processes into the queues, the oldest first."""
        for view, waiting in enumerate(self._waiting):
            for keys in waiting:
                self.queue(view).push(torch.cat(all_gather(keys)))
            waiting.clear()


@MODELS.register_module()
class DenseContrastiveHead(ContrastiveHead):
    """InfoNCE of each position of a map with its match in the other view (DenseCL, section 3.3).

    Positions are matched by the cosine of the backbone's features. The projector works on each
    position alone, like DenseCL's 1x1 convolutions; the queue takes an image's mean projection.
    """

    describes: ClassVar[str] = 'positions of a map'

    def online(self, features: Features) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Projections (b, n, d) and features (b, n, c) of the n positions of a map (b, c, h, w)."""
        return self._positions(features, super().online)

    def target(self, features: Features) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """As :meth:`online`, by the target's projector and without gradient."""
        return self._positions(features, super().target)

    def loss(self, online: tuple[Tensor, Tensor],  # type: ignore[override]
             target: tuple[Tensor, Tensor]) -> Tensor:
        """Mean InfoNCE of all positions, a scalar; arguments as the two methods return them."""
        (queries, here), (keys, there) = online, target
        match = match_features(here.detach(), there)
        positives = keys.gather(1, match[..., None].expand(-1, -1, keys.shape[2]))
        return super().loss(queries.flatten(0, 1), positives.flatten(0, 1))

    def remember(self, keys: tuple[Tensor, Tensor],  # type: ignore[override]
                 view: int = 0) -> None:
        super().remember(keys[0].mean(1), view)

    @staticmethod
    def _positions(features: Features, project) -> tuple[Tensor, Tensor]:
        assert isinstance(features, Tensor)
        rows = features.flatten(2).transpose(1, 2)
        return project(rows.flatten(0, 1)).unflatten(0, rows.shape[:2]), rows
