"""SCD's "(fg)" feature for classifiers: the foreground's average instead of the whole map's."""
from __future__ import annotations

from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor

from ...layers.saliency import SaliencyNetwork
from ...ops.saliency_pooling import pool_saliency
from ...registry import MODELS


@MODELS.register_module()
class SaliencyPooling(BaseModule):
    """Average of the last map weighted by a learned saliency, h_fg of eq. 4 (Table 1, "(fg)").

    Its weights are in the training's checkpoint: ``init_cfg=dict(type='oadp_mm.CheckedPretrained',
    checkpoint=..., prefix='semantic_head.', only='saliency')``. It is frozen.

    Args:
        in_channels: of the map.
        init_cfg: where the weights come from.
    """

    def __init__(self, in_channels: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.saliency = SaliencyNetwork(in_channels).requires_grad_(False)

    def train(self, mode: bool = True) -> SaliencyPooling:
        """Frozen: the norm keeps its statistics in training, too."""
        return super().train(False)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor]:
        """The foreground's features (b, c) of the last map (b, c, h, w)."""
        return (pool_saliency(features[-1], self.saliency(features[-1]))[0],)
