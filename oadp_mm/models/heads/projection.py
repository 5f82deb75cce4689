"""What every objective has: a projector with its EMA copy, and perhaps an online predictor."""
from __future__ import annotations

import math
from collections.abc import Mapping
from inspect import signature
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ...layers.ema import EMACopy
from ...layers.mlp import mlp
from ...registry import MODELS

Features = Tensor | tuple[Tensor, ...]
_OPTIONS = tuple(signature(mlp).parameters)[1:]


class ProjectionHead(nn.Module):
    """Base of the heads, which add their loss.

    A head knows feature rows; it knows no images, patches or regions. What moves once per optimizer
    step moves in :meth:`after_step`.

    Args:
        in_channels: width of the feature rows; algorithms set it.
        projector: options of :func:`oadp_mm.layers.mlp.mlp`.
        predictor: likewise, on the projections; ``out_channels`` is theirs unless given. None: the
            projections are the predictions.
        loss_weight: factor of the loss, at least 0.
        ema: the target's projector is an EMA copy; else the online one, without gradient (SimSiam).

    Raises:
        ValueError: a weight that is not a finite number of at least 0, a width below 1, or options
            that are unknown or missing.
    """

    #: Whether the loss has negatives.
    contrastive: ClassVar[bool] = False
    #: Whether it describes maps (b, c, h, w); else feature rows.
    of_maps: ClassVar[bool] = False

    def __init__(self, in_channels: int, projector: Mapping[str, Any],
                 predictor: Mapping[str, Any] | None = None, *, loss_weight: float = 1.0,
                 ema: bool = True) -> None:
        super().__init__()
        if not (math.isfinite(loss_weight) and loss_weight >= 0):
            raise ValueError(f'loss_weight must be finite and not negative, got {loss_weight}')
        self.loss_weight = loss_weight
        self.projector = _perceptron('projector', in_channels, projector)
        self.out_channels: int = projector['out_channels']
        self.predictor = nn.Identity() if predictor is None else _perceptron(
            'predictor', self.out_channels, {'out_channels': self.out_channels, **predictor})
        self.target_projector = EMACopy(self.projector) if ema else None

    def followers(self) -> list[tuple[nn.Module, EMACopy]]:
        """Every pair of an online module and the copy that follows it."""
        copy = self.target_projector
        return [] if copy is None else [(self.projector, copy)]

    def project(self, features: Features) -> Tensor:
        """Projections (n, d) of n feature rows, whole or in parts (see ``ConcatLinear``)."""
        return self.projector(features)

    def online(self, features: Features) -> Tensor:
        """Predictions (n, d) of n feature rows."""
        return self.predictor(self.project(features))

    @torch.no_grad()
    def target(self, features: Features) -> Tensor:
        """Projections (n, d) of the target's n feature rows, without gradient."""
        copy = self.target_projector
        return self.projector(features) if copy is None else copy(features)

    def loss(self, *args: Any, **kwargs: Any) -> Tensor:
        """A scalar of what :meth:`online` and :meth:`target` returned; changes nothing."""
        raise NotImplementedError

    def remember(self, keys: Tensor, view: int = 0) -> None:
        """Keep ``keys`` of one view as later negatives, if the objective has such a memory."""

    def after_step(self) -> None:
        """What moves once per optimizer step, beside the EMA copies."""


def build_head(config: Mapping[str, Any], of_maps: bool, **settings: Any) -> ProjectionHead:
    """Build an algorithm's head from its config and what the algorithm itself sets.

    Raises:
        ValueError: a head of maps where one of rows belongs, or the other way round.
    """
    head: ProjectionHead = MODELS.build({**config, **settings})
    if head.of_maps != of_maps:
        takes, needed = (('maps', 'feature rows') if head.of_maps else ('feature rows', 'maps'))
        raise ValueError(f'{type(head).__name__} describes {takes}, but stands where a head of '
                         f'{needed} belongs: exchange the two, or choose another head')
    return head


def _perceptron(name: str, in_channels: int, options: Mapping[str, Any]) -> nn.Module:
    if not {'hidden_channels', 'out_channels'} <= options.keys() <= set(_OPTIONS):
        raise ValueError(f'{name} needs hidden_channels and out_channels, and takes no options but '
                         f'{", ".join(_OPTIONS)}, got {", ".join(options) or "none"}')
    return mlp(in_channels, **options)
