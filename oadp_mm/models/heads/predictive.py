"""The predictive objective of BYOL: foresee the target's projection, without negatives."""
from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from ...layers.ema import EMACopy
from ...layers.mlp import mlp
from ...ops.losses import cosine_distance, squared_error
from ...registry import MODELS

Features = Tensor | tuple[Tensor, ...]
_LOSSES = {'cosine': cosine_distance, 'mse': squared_error}


@MODELS.register_module()
class PredictiveHead(nn.Module):
    """Projector and predictor online, an EMA projector as the target.

    Args:
        in_channels: width of the feature rows.
        hidden_channels: width of the hidden layers.
        out_channels: width of projections and predictions.
        loss: ``'cosine'`` (eq. 7, 10, 12) or ``'mse'`` of unnormalised rows (Table XII).

    Raises:
        ValueError: unknown ``loss`` or a width below 1.
    """

    def __init__(self, in_channels: int, hidden_channels: int = 4096, out_channels: int = 256,
                 loss: Literal['cosine', 'mse'] = 'cosine') -> None:
        super().__init__()
        if loss not in _LOSSES:
            raise ValueError(f'loss must be one of {sorted(_LOSSES)}, got {loss!r}')
        if min(in_channels, hidden_channels, out_channels) < 1:
            raise ValueError('head widths must be at least 1, got '
                             f'{in_channels}-{hidden_channels}-{out_channels}')
        self.projector = mlp(in_channels, hidden_channels, out_channels)
        self.predictor = mlp(out_channels, hidden_channels, out_channels)
        self.target_projector = EMACopy(self.projector)
        self._distance = _LOSSES[loss]

    def online(self, features: Features) -> Tensor:
        """Predictions (n, out) of n feature rows, whole or in parts (see ``ConcatLinear``)."""
        return self.predictor(self.projector(features))

    def target(self, features: Features) -> Tensor:
        """Projections (n, out) of the target's n feature rows, without gradient."""
        return self.target_projector(features)

    def loss(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Distance between predictions and target projections, a scalar."""
        return self._distance(prediction, target)
