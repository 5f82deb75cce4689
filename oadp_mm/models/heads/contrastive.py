"""Contrastive objectives over a queue: MoCo v2, MoBy and the dense branch of DenseCL."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from torch import Tensor

from oadp_mm.models.heads.key_memory import KeyMemory
from oadp_mm.models.heads.projection import MapHead, ProjectionHead, RowHead
from oadp_mm.ops.info_nce import check_temperature, info_nce
from oadp_mm.ops.matching import match_features
from oadp_mm.registry import MODELS


@final
@MODELS.register_module()
class ContrastiveHead(RowHead):
    """InfoNCE against a queue of past keys (MoCo; RegionCL eq. 1-2).

    Args:
        in_channels: width of the feature rows.
        projector: see `ProjectionHead`.
        predictor: likewise, None for MoCo v2; MoBy has one.
        queue_length: K, at least the batch of all processes.
        queues: 1, or 2 with one for each view's keys (MoBy).
        temperature: t, positive.
        loss_weight: factor of the loss.
        ema: see `ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range.
    """

    contrastive: ClassVar[bool] = True

    def __init__(self, in_channels: int, projector: Mapping[str, Any] | ProjectionHead,
                 predictor: Mapping[str, Any] | None = None, queue_length: int = 65536,
                 queues: int = 1, temperature: float = 0.2, *, loss_weight: float = 1.0,
                 ema: bool = True) -> None:
        super().__init__(in_channels, projector, predictor, loss_weight=loss_weight, ema=ema)
        self.temperature = check_temperature(temperature)
        self.queues = KeyMemory(queue_length, self.out_channels, queues)

    def loss(self, online: Tensor, target: Tensor, *, positive: Tensor | None = None,
             own_negatives: Tensor | None = None, view: int = 0,
             weight: Tensor | None = None) -> Tensor:
        keys = target if positive is None else target[positive]
        return self.loss_weight * info_nce(
            online, keys, self.queues.queue(view).rows, temperature=self.temperature,
            own_negatives=own_negatives, weight=weight)

    def remember(self, keys: Tensor, view: int) -> None:
        self.queues.remember(keys, view)

    def after_step(self) -> None:
        self.queues.after_step()


@final
@MODELS.register_module()
class DenseContrastiveHead(MapHead):
    """InfoNCE of each position of a map with its match in the other view (DenseCL, section 3.3).

    Positions are matched by the cosine of the backbone's features. The projector works on each
    position alone, like DenseCL's 1x1 convolutions; the queue takes an image's mean projection.

    Args:
        in_channels: of the maps.
        projector: see `ProjectionHead`.
        predictor: likewise, None for DenseCL.
        queue_length: K, at least the batch of all processes.
        queues: 1, or 2 with one for each view's keys.
        temperature: t, positive.
        loss_weight: factor of the loss.
        ema: see `ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range.
    """

    contrastive: ClassVar[bool] = True

    def __init__(self, in_channels: int, projector: Mapping[str, Any] | ProjectionHead,
                 predictor: Mapping[str, Any] | None = None, queue_length: int = 65536,
                 queues: int = 1, temperature: float = 0.2, *, loss_weight: float = 1.0,
                 ema: bool = True) -> None:
        super().__init__(in_channels, projector, predictor, loss_weight=loss_weight, ema=ema)
        self.temperature = check_temperature(temperature)
        self.queues = KeyMemory(queue_length, self.out_channels, queues)

    def online(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Predictions (b, n, d) and features (b, n, c) of the n positions of a map."""
        return _positions(features, self.predict)

    def target(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (b, n, d) and features (b, n, c) of the n positions of the target's map."""
        return _positions(features, self.project_target)

    def loss(self, online: tuple[Tensor, ...], target: tuple[Tensor, ...], *,
             view: int = 0) -> Tensor:
        """Mean InfoNCE of all positions."""
        (queries, here), (keys, there) = online, target
        match = match_features(here.detach(), there)
        positives = keys.gather(1, match[..., None].expand(-1, -1, keys.shape[2]))
        return self.loss_weight * info_nce(
            queries.flatten(0, 1), positives.flatten(0, 1), self.queues.queue(view).rows,
            temperature=self.temperature)

    def remember(self, keys: tuple[Tensor, ...], view: int) -> None:
        self.queues.remember(keys[0].mean(1), view)

    def after_step(self) -> None:
        self.queues.after_step()


def _positions(features: Tensor, project) -> tuple[Tensor, Tensor]:
    rows = features.flatten(2).transpose(1, 2)
    return project(rows.flatten(0, 1)).unflatten(0, rows.shape[:2]), rows
