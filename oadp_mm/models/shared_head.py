"""What C4 detectors of self-supervised work put behind layer4: one more batch norm."""
from __future__ import annotations

from mmengine.model import BaseModule
from torch import Tensor, nn

from ..registry import MODELS


@MODELS.register_module()
class NormedSharedHead(BaseModule):
    """A host's shared head and a batch norm of its maps.

    Nothing bounds the scale of a self-supervised backbone's last map, and behind it a C4 detector
    has single layers; MoCo's detection code (its `Res5ROIHeadsExtraNorm`) normalises in between,
    and the papers that compare with it do the same. The layer keeps its own keys, so that
    `CheckedPretrained` loads it whole while the norm starts fresh.

    Args:
        layer: config of the shared head, mmdet's `ResLayer`.
        channels: of the maps that it gives.
    """

    def __init__(self, layer: dict, channels: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.layer = MODELS.build(layer)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, maps: Tensor) -> Tensor:
        return self.norm(self.layer(maps))
