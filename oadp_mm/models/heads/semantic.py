"""SCD's semantic discrimination: learn what is foreground by telling it from the background."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor, nn

from ...layers.ema import EMACopy
from ...layers.foreground import ForegroundNetwork
from ...ops.foreground import pool_saliency, semantic_discrimination
from ...registry import MODELS
from .projection import ProjectionHead

Pair = tuple[Tensor, Tensor]


@MODELS.register_module()
class SemanticHead(ProjectionHead):
    """Saliency network and semantic projector, and their EMA copies (SCD section 4.2).

    Args:
        in_channels: of the feature map.
        projector: options of ``mlp`` for H^s, see :class:`ProjectionHead`.
        predictor: likewise; None compares projections, as eq. 5 prints (D-1).
        margin: alpha of eq. 5, 0..2: cosines differ by no more.
        foreground: include the first term of eq. 5 (Table 3).
        background: include the second.
        loss_weight: lambda of eq. 6.
        ema: see :class:`ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range, or both terms are left out.
    """

    describes: ClassVar[str] = 'foreground and background'

    def __init__(self, in_channels: int, projector: Mapping[str, Any],
                 predictor: Mapping[str, Any] | None = None, margin: float = 1.0,
                 foreground: bool = True, background: bool = True, *, loss_weight: float = 0.5,
                 ema: bool = True) -> None:
        super().__init__(in_channels, projector, predictor, loss_weight=loss_weight, ema=ema)
        if not (math.isfinite(margin) and 0 <= margin <= 2):
            raise ValueError(f'margin lies between 0 and 2, as cosines differ by no more, got '
                             f'{margin}')
        if loss_weight and not (foreground or background):
            raise ValueError('foreground and background are both off, which leaves no loss: switch '
                             'one on, or set loss_weight=0')
        self.margin, self.terms = margin, {'foreground': foreground, 'background': background}
        self.saliency = ForegroundNetwork(in_channels)
        self.target_saliency = EMACopy(self.saliency) if ema else None

    def followers(self) -> list[tuple[nn.Module, EMACopy]]:
        copy = self.target_saliency
        return [*super().followers(), *([] if copy is None else [(self.saliency, copy)])]

    def online(self, features: Tensor) -> Pair:  # type: ignore[override]
        """Embeddings (b, d) of foreground and background of maps (b, c, h, w)."""
        foreground, background = pool_saliency(features, self.saliency(features))
        return super().online(foreground), super().online(background)

    def target(self, features: Tensor) -> Pair:  # type: ignore[override]
        """As :meth:`online`, by the target's network and projector and without gradient."""
        network = self.saliency if self.target_saliency is None else self.target_saliency
        foreground, background = pool_saliency(features, network(features))
        return super().target(foreground), super().target(background)

    def loss(self, online: Pair, target: Pair) -> Tensor:
        """L_d times lambda, a scalar; arguments as the two methods return them."""
        return self.loss_weight * semantic_discrimination(
            online, target, margin=self.margin, **self.terms)
