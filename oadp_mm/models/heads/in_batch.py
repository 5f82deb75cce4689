"""The contrastive objective of MoCo v3: a predictor, and the batch's other images as negatives."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from mmengine.dist import all_gather, get_rank
from torch import Tensor

from ...ops.info_nce import check_temperature, in_batch_info_nce
from ...registry import MODELS
from .projection import ProjectionHead


@MODELS.register_module()
class InBatchContrastiveHead(ProjectionHead):
    """InfoNCE within the batch of all processes (MoCo v3, algorithm 1).

    MoCo v3 multiplies the loss by twice the temperature: that is ``loss_weight``.

    Args:
        in_channels: width of the feature rows.
        projector: options of ``mlp``, see :class:`ProjectionHead`.
        predictor: likewise.
        temperature: t, positive.
        loss_weight: factor of the loss.
        ema: see :class:`ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range.
    """

    contrastive: ClassVar[bool] = True

    def __init__(self, in_channels: int, projector: Mapping[str, Any],
                 predictor: Mapping[str, Any] | None = None, temperature: float = 1.0, *,
                 loss_weight: float = 1.0, ema: bool = True) -> None:
        super().__init__(in_channels, projector, predictor, loss_weight=loss_weight, ema=ema)
        self.temperature = check_temperature(temperature)

    def loss(self, online: Tensor, target: Tensor, *, positive: Tensor | None = None,
             own_negatives: Tensor | None = None, view: int = 0) -> Tensor:
        """InfoNCE of predictions, a scalar.

        Args:
            online: predictions (n, d).
            target: keys (m, d) of this process.
            positive: int64 (n,), the row of ``target`` that is each prediction's positive; None:
                its own number.
            own_negatives: (n, d), one further negative a prediction.
            view: unused.
        """
        if positive is None:
            positive = torch.arange(len(online), device=online.device)
        return self.loss_weight * in_batch_info_nce(
            online, torch.cat(all_gather(target)), positive + get_rank() * len(target),
            temperature=self.temperature, own_negatives=own_negatives)
