"""SCD's semantic discrimination: learn what is foreground by telling it from the background."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, final

from torch import Tensor

from oadp_mm.layers.ema import EMACopy
from oadp_mm.layers.foreground import ForegroundNetwork
from oadp_mm.models.heads.projection import MapHead, ProjectionHead
from oadp_mm.ops.foreground import pool_saliency, semantic_discrimination
from oadp_mm.registry import MODELS


@final
@MODELS.register_module()
class SemanticHead(MapHead):
    """Saliency network and semantic projector, and their EMA copies (SCD section 4.2).

    Args:
        in_channels: of the feature map.
        projector: H^s, see `ProjectionHead`.
        predictor: likewise; None compares projections, as eq. 5 prints (D-1).
        margin: alpha of eq. 5, 0..2: cosines differ by no more.
        foreground: include the first term of eq. 5 (Table 3).
        background: include the second.
        loss_weight: lambda of eq. 6.
        ema: see `ProjectionHead`.

    Raises:
        ValueError: an argument is outside its range, or both terms are left out.
    """

    def __init__(self, in_channels: int, projector: Mapping[str, Any] | ProjectionHead,
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

    def online(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings (b, d) of foreground and background."""
        foreground, background = pool_saliency(features, self.saliency(features))
        return self.predict(foreground), self.predict(background)

    def target(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings (b, d) of the target's foreground and background."""
        network = self.saliency if self.target_saliency is None else self.target_saliency
        foreground, background = pool_saliency(features, network(features))
        return self.project_target(foreground), self.project_target(background)

    def loss(self, online: tuple[Tensor, ...], target: tuple[Tensor, ...], *,
             view: int = 0) -> Tensor:
        """L_d times lambda."""
        return self.loss_weight * semantic_discrimination(
            (online[0], online[1]), (target[0], target[1]), margin=self.margin, **self.terms)
