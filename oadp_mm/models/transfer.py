"""What stands on a pretrained backbone in transfer: heads and necks of other models."""
from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from mmengine.model import BaseModule, caffe2_xavier_init, initialize
from torch import Tensor, nn

from oadp_mm.layers.foreground import ForegroundNetwork
from oadp_mm.ops.foreground import pool_saliency
from oadp_mm.ops.window_means import window_means
from oadp_mm.registry import MODELS


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


@MODELS.register_module()
class NormedPooling(BaseModule):
    """Means of the last map in a few windows, normalised by channel, in front of a linear layer.

    Nothing bounds the scale of a frozen backbone's maps, and a layer behind them would need a
    learning rate of its own for each method; normalised, one serves all (Goyal et al. 2019 and the
    codes that follow). The norm has no weights, only statistics.

    Args:
        channels: of the map.
        windows: a side, see `window_means`; the layer behind sees channels * windows ** 2 numbers.
    """

    def __init__(self, channels: int, windows: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.windows = windows
        self.norm = nn.BatchNorm2d(channels, affine=False)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor]:
        """Rows (b, channels * windows ** 2) of the last map (b, channels, h, w)."""
        return (self.norm(window_means(features[-1], self.windows)).flatten(1),)


@MODELS.register_module()
class ExtendedPyramid(BaseModule):
    """A host's feature pyramid and, below its input, two coarser levels without norm.

    RetinaNet's P6 and P7 as detectron2 has them (`LastLevelP6P7`): convolutions of stride 2, P6 of
    the backbone's last map, P7 of P6 behind a ReLU. mmdet's `FPN` gives all its levels the same
    norm.

    Args:
        pyramid: config of the pyramid, mmdet's `FPN`.
        in_channels: of the backbone's last map.
        channels: of the two levels.
    """

    def __init__(self, pyramid: dict, in_channels: int, channels: int = 256,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.pyramid = MODELS.build(pyramid)
        self.p6 = nn.Conv2d(in_channels, channels, 3, stride=2, padding=1)
        self.p7 = nn.Conv2d(channels, channels, 3, stride=2, padding=1)
        for level in (self.p6, self.p7):
            caffe2_xavier_init(level)  # as in detectron2

    def forward(self, maps: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """The pyramid's levels and two more, of which each halves the sides."""
        coarser = self.p6(maps[-1])
        return (*self.pyramid(maps), coarser, self.p7(F.relu(coarser)))


@MODELS.register_module()
class FrozenWeights(BaseModule):
    """A backbone that is not trained but runs as in training: with drop path.

    So MoBy's linear evaluation has it. A host's `frozen_stages` puts what it freezes into
    evaluation mode, in which no path is dropped.

    Args:
        backbone: config of the backbone.
    """

    def __init__(self, backbone: dict, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.backbone = MODELS.build(backbone).requires_grad_(False)

    def init_weights(self) -> None:
        """By the layers first: a Swin's would overwrite tables that its `init_cfg` has loaded."""
        start, self.backbone.init_cfg = self.backbone.init_cfg, None
        super().init_weights()
        self.backbone.init_cfg = start
        if start:
            initialize(self.backbone, start)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return self.backbone(images)


@MODELS.register_module()
class SaliencyPooling(BaseModule):
    """SCD's "(fg)" feature for classifiers: the foreground's average, not the whole map's.

    The last map is averaged with a learned saliency as weights, h_fg of eq. 4 (Table 1, "(fg)").
    Its weights are in the training's checkpoint: `init_cfg=dict(type='oadp_mm.CheckedPretrained',
    checkpoint=..., prefix='semantic_head.', only='saliency')`. It is frozen.

    Args:
        in_channels: of the map.
        init_cfg: where the weights come from.
    """

    def __init__(self, in_channels: int, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        self.saliency = ForegroundNetwork(in_channels).requires_grad_(False)

    def train(self, mode: bool = True) -> SaliencyPooling:
        """Frozen: the norm keeps its statistics in training, too."""
        return super().train(False)

    def forward(self, features: Sequence[Tensor]) -> tuple[Tensor]:
        """The foreground's features (b, c) of the last map (b, c, h, w)."""
        return (pool_saliency(features[-1], self.saliency(features[-1]))[0],)
