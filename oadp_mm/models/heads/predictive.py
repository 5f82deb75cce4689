"""The predictive objective of BYOL and SimSiam: foresee the target's projection, no negatives."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, final

from torch import Tensor

from oadp_mm.models.heads.projection import ProjectionHead, RowHead
from oadp_mm.ops.losses import cosine_distance, squared_error
from oadp_mm.registry import MODELS

_LOSSES = {'cosine': cosine_distance, 'mse': squared_error}


@final
@MODELS.register_module()
class PredictiveHead(RowHead):
    """Projector and predictor online, an EMA projector (BYOL) or the same one (SimSiam) as target.

    SimSiam's loss is the mean of two `-cos`; a `loss_weight` of 1/4 makes the sum over both
    directions of our `2 - 2 cos` exactly 1 more than that.

    Args:
        in_channels: width of the feature rows.
        hidden_channels: width of the hidden layers.
        out_channels: width of projections and predictions.
        loss: `'cosine'` (OADP eq. 7, 10, 12; BYOL eq. 2) or `'mse'` of unnormalised rows
            (OADP Table XII).
        projector: further options, or another head, see `ProjectionHead`.
        predictor: further options.
        loss_weight: factor of the loss.
        ema: see `ProjectionHead`.

    Raises:
        ValueError: unknown `loss`, a width below 1 or a negative weight.
    """

    def __init__(self, in_channels: int, hidden_channels: int = 4096, out_channels: int = 256,
                 loss: Literal['cosine', 'mse'] = 'cosine', *,
                 projector: Mapping[str, Any] | ProjectionHead | None = None,
                 predictor: Mapping[str, Any] | None = None, loss_weight: float = 1.0,
                 ema: bool = True) -> None:
        if loss not in _LOSSES:
            raise ValueError(f'loss must be one of {sorted(_LOSSES)}, got {loss!r}')
        widths = {'hidden_channels': hidden_channels, 'out_channels': out_channels}
        if not isinstance(projector, ProjectionHead):
            projector = {**widths, **(projector or {})}
        super().__init__(in_channels, projector, {**widths, **(predictor or {})},
                         loss_weight=loss_weight, ema=ema)
        self._distance = _LOSSES[loss]

    def loss(self, online: Tensor, target: Tensor, *, positive: Tensor | None = None,
             own_negatives: Tensor | None = None, view: int = 0,
             weight: Tensor | None = None) -> Tensor:
        if own_negatives is not None:
            raise ValueError('PredictiveHead has no negatives, but got own_negatives: use a '
                             'contrastive head')
        return self.loss_weight * self._distance(
            online, target if positive is None else target[positive], weight)
