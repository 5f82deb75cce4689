"""The contrastive objective of MoCo v3: a predictor, and the batch's other images as negatives."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import torch
from mmengine.dist import all_gather, get_rank, get_world_size
from torch import Tensor

from oadp_mm.models.heads.projection import ProjectionHead, RowHead
from oadp_mm.ops.info_nce import check_temperature, in_batch_info_nce
from oadp_mm.registry import MODELS


@final
@MODELS.register_module()
class InBatchContrastiveHead(RowHead):
    """InfoNCE within the batch of all processes (MoCo v3, algorithm 1).

    MoCo v3 multiplies the loss by twice the temperature: that is `loss_weight`. A row of weight 0
    predicts nothing, but its key stays a negative of the others.

    Args:
        in_channels: width of the feature rows.
        projector: see `ProjectionHead`.
        predictor: likewise.
        temperature: t, positive.
        loss_weight: factor of the loss.
        ema: see `ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range.
    """

    contrastive: ClassVar[bool] = True

    def __init__(self, in_channels: int, projector: Mapping[str, Any] | ProjectionHead,
                 predictor: Mapping[str, Any] | None = None, temperature: float = 1.0, *,
                 loss_weight: float = 1.0, ema: bool = True) -> None:
        super().__init__(in_channels, projector, predictor, loss_weight=loss_weight, ema=ema)
        self.temperature = check_temperature(temperature)

    def gather(self, keys: Tensor) -> Tensor:
        """The keys of all processes, in the order of their ranks: (processes * m, d)."""
        return torch.cat(all_gather(keys))

    def loss(self, online: Tensor, target: Tensor, *, positive: Tensor | None = None,
             own_negatives: Tensor | None = None, view: int = 0,
             weight: Tensor | None = None) -> Tensor:
        if positive is None:
            positive = torch.arange(len(online), device=online.device)
        first = get_rank() * (len(target) // get_world_size())
        return self.loss_weight * in_batch_info_nce(
            online, target, first + positive, temperature=self.temperature,
            own_negatives=own_negatives, weight=weight)
