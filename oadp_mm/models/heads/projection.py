"""What every objective has: a projector with its EMA copy, and perhaps an online predictor."""
from __future__ import annotations

import math
from collections.abc import Mapping
from inspect import signature
from typing import Any, ClassVar, TypeVar

from torch import Tensor, nn

from ...layers.ema import EMACopy
from ...layers.mlp import mlp
from ...registry import MODELS

Features = Tensor | tuple[Tensor, ...]
Head = TypeVar('Head', bound='ProjectionHead')
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
    #: What it takes: algorithms refuse a head of something else.
    describes: ClassVar[str] = 'feature rows'

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

    def target(self, features: Features) -> Tensor:
        """Projections (n, d) of the target's n feature rows, without gradient."""
        copy = self.target_projector
        # Not under no_grad: autocast keeps the half-precision weights that it makes, and without a
        # graph the online projections after it would train nothing (torch before 2.10).
        return self.projector(features).detach() if copy is None else copy(features)

    def loss(self, *args: Any, **kwargs: Any) -> Tensor:
        """A scalar of what :meth:`online` and :meth:`target` returned; changes nothing."""
        raise NotImplementedError

    def remember(self, keys: Tensor, view: int = 0) -> None:
        """Keep ``keys`` of one view as later negatives, if the objective has such a memory."""

    def after_step(self) -> None:
        """What moves once per optimizer step, beside the EMA copies."""


def build_head(config: Mapping[str, Any], kind: type[Head], **settings: Any) -> Head:
    """Build an algorithm's head from its config and what the algorithm itself sets.

    Raises:
        ValueError: a head that describes something else than ``kind`` does.
    """
    head: Head = MODELS.build({**config, **settings})
    if not isinstance(head, kind) or head.describes != kind.describes:
        what = getattr(head, 'describes', 'nothing')
        raise ValueError(f'{type(head).__name__} describes {what}, but a head of {kind.describes} '
                         'belongs here: choose another type')
    return head


def _perceptron(name: str, in_channels: int, options: Mapping[str, Any]) -> nn.Module:
    if not {'hidden_channels', 'out_channels'} <= options.keys() <= set(_OPTIONS):
        raise ValueError(f'{name} needs hidden_channels and out_channels, and takes no options but '
                         f'{", ".join(_OPTIONS)}, got {", ".join(options) or "none"}')
    return mlp(in_channels, **options)
