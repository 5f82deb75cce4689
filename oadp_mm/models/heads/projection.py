"""What every objective has: a projector with its EMA copy, and perhaps an online predictor.

Heads come in two kinds, told apart by type: a `RowHead` compares feature rows, one a thing (an
image, a patch, a region, a box); a `MapHead` compares feature maps, whose positions it tells apart
itself. Both know no images. What moves once per optimizer step moves in `after_step`.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from inspect import signature
from typing import Any, ClassVar, TypeVar, cast

from torch import Tensor, nn

from oadp_mm.layers.ema import EMACopy
from oadp_mm.layers.mlp import mlp
from oadp_mm.registry import MODELS

#: Feature rows (n, c), or parts of them that are never concatenated, see `ConcatLinear`.
Rows = Tensor | tuple[Tensor, ...]
Head = TypeVar('Head', bound='ProjectionHead')
_OPTIONS = tuple(signature(mlp).parameters)[1:]


class ProjectionHead(nn.Module):
    """The networks of a head.

    Args:
        in_channels: width of the feature rows; algorithms set it.
        projector: options of `oadp_mm.layers.mlp.mlp`; or another head, whose projector and EMA
            copy this one shares (ORL has one projector and three predictors).
        predictor: options likewise, on the projections; `out_channels` is theirs unless given.
            None: the projections are the predictions.
        loss_weight: factor of the loss, at least 0.
        ema: the target's projector is an EMA copy; else the online one, without gradient (SimSiam).

    Raises:
        ValueError: a weight that is not a finite number of at least 0, a width below 1, options
            that are unknown or missing, or a shared projector of another width.
    """

    #: Whether the loss has negatives.
    contrastive: ClassVar[bool] = False
    projector: nn.Module
    target_projector: EMACopy | None
    out_channels: int

    def __init__(self, in_channels: int, projector: Mapping[str, Any] | ProjectionHead,
                 predictor: Mapping[str, Any] | None = None, *, loss_weight: float = 1.0,
                 ema: bool = True) -> None:
        super().__init__()
        if not (math.isfinite(loss_weight) and loss_weight >= 0):
            raise ValueError(f'loss_weight must be finite and not negative, got {loss_weight}')
        self.loss_weight, self.in_channels = loss_weight, in_channels
        shared = projector if isinstance(projector, ProjectionHead) else None
        if shared and (shared.in_channels, shared.target_projector is not None) != (
                in_channels, ema):
            raise ValueError(f'the shared projector takes {shared.in_channels} channels and has '
                             f'{"an" if shared.target_projector else "no"} EMA copy, but '
                             f'in_channels={in_channels} and ema={ema}')
        if shared:
            self.out_channels = shared.out_channels
            # No submodules here, so that their keys have one place, the other head.
            vars(self).update(projector=shared.projector, target_projector=shared.target_projector)
        else:
            options = cast('Mapping[str, Any]', projector)
            self.projector = _perceptron('projector', in_channels, options)
            self.out_channels = options['out_channels']
        self.predictor = nn.Identity() if predictor is None else _perceptron(
            'predictor', self.out_channels, {'out_channels': self.out_channels, **predictor})
        if not shared:
            # Last: an optimizer's state in checkpoints goes by the order of the parameters.
            self.target_projector = EMACopy(self.projector) if ema else None

    def project(self, rows: Rows) -> Tensor:
        """Online projections (n, d) of n feature rows."""
        return self.projector(rows)

    def predict(self, rows: Rows) -> Tensor:
        """Online predictions (n, d) of n feature rows."""
        return self.predictor(self.project(rows))

    def project_target(self, rows: Rows) -> Tensor:
        """Projections (n, d) of the target's n feature rows, without gradient."""
        copy = self.target_projector
        # Not under no_grad: autocast keeps the half-precision weights that it makes, and without a
        # graph the online projections after it would train nothing (torch before 2.10).
        return self.projector(rows).detach() if copy is None else copy(rows)

    def gather(self, keys: Any) -> Any:
        """What `loss` takes of a target's keys: an objective may want those of all processes."""
        return keys

    def remember(self, keys: Any, view: int) -> None:
        """Keep the keys of one view, as `gather` returns them, as later negatives, if the objective
        has such a memory.
        """

    def after_step(self) -> None:
        """What moves once per optimizer step, beside the EMA copies."""


class RowHead(ProjectionHead):
    """An objective of feature rows: each is held against the target's row of the same thing."""

    def online(self, rows: Rows) -> Tensor:
        """Predictions (n, d) of n feature rows."""
        return self.predict(rows)

    def target(self, rows: Rows) -> Tensor:
        """Keys (n, d) of the target's n feature rows, without gradient."""
        return self.project_target(rows)

    def loss(self, online: Tensor, target: Tensor, *, positive: Tensor | None = None,
             own_negatives: Tensor | None = None, view: int = 0,
             weight: Tensor | None = None) -> Tensor:
        """A scalar; changes nothing.

        Args:
            online: predictions (n, d).
            target: keys (m, d), as `gather` returns them.
            positive: int64 (n,), the key of this process that belongs to each prediction; None:
                the one of its own number.
            own_negatives: (n, d), one further negative a prediction.
            view: whose keys the target's are.
            weight: (n,), the factor of each row in the sum; None: 1 / n, which is the mean.
        """
        raise NotImplementedError


class MapHead(ProjectionHead):
    """An objective of feature maps (b, c, h, w)."""

    def online(self, features: Tensor) -> tuple[Tensor, ...]:
        """What `loss` compares, each with a row an image."""
        raise NotImplementedError

    def target(self, features: Tensor) -> tuple[Tensor, ...]:
        """As `online`, by the target's networks and without gradient."""
        raise NotImplementedError

    def loss(self, online: tuple[Tensor, ...], target: tuple[Tensor, ...], *,
             view: int = 0) -> Tensor:
        """A scalar of what the two methods returned; changes nothing."""
        raise NotImplementedError


def build_head(config: Mapping[str, Any], kind: type[Head], *, optional: bool = False,
               **settings: Any) -> Head:
    """Build an algorithm's head from its config and what the algorithm itself sets.

    Args:
        config: of the head.
        kind: what the algorithm needs.
        optional: a `loss_weight` of 0 is how the algorithm is told to do without it.
        **settings: of the algorithm.

    Raises:
        ValueError: it is none of the kind, or would train nothing.
    """
    head = MODELS.build({**config, **settings})
    if not isinstance(head, kind):
        raise ValueError(f'a {kind.__name__} belongs here, and {type(head).__name__} is none: '
                         'choose another type')
    if not (head.loss_weight or optional):
        raise ValueError(f'the loss of {type(head).__name__} would train nothing at loss_weight=0: '
                         'give it a weight above 0')
    return head


def _perceptron(name: str, in_channels: int, options: Mapping[str, Any]) -> nn.Module:
    if not {'hidden_channels', 'out_channels'} <= options.keys() <= set(_OPTIONS):
        raise ValueError(f'{name} needs hidden_channels and out_channels, and takes no options but '
                         f'{", ".join(_OPTIONS)}, got {", ".join(options) or "none"}')
    return mlp(in_channels, **options)
