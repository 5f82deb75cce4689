"""What reads depths from a pretrained backbone's last map (OADP IV-B 5, by BYOL's protocol)."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn

from oadp_mm.layers.up_projection import UpProjection
from oadp_mm.ops.reverse_huber import reverse_huber
from oadp_mm.registry import MODELS


@MODELS.register_module()
class UpProjectionHead(BaseModule):
    """The decode head of mmseg's `DepthEstimator`: up-projections, and a 3x3 convolution to depth.

    Where the maps have been enlarged to a pixel every `stride / 2**blocks`, what the backbone's
    padding added at the right and below is cut off: a network trained on crops then measures whole
    images of any size.

    Args:
        in_channels: of the backbone's last map.
        channels: of each block's map, four in BYOL; each doubles the sides.
        stride: of the backbone's last map, in pixels.
        min_depth: the least depth of a prediction, in metres. A ratio of depths, by which they are
            judged, has no meaning at 0 and below.
        max_depth: the greatest, and of a true depth that counts; 10 m is what NYU v2's camera sees.

    Raises:
        ValueError: no block, more than `stride` has, or depths that are no range above 0.
    """

    #: What `EncoderDecoder` asks of its head.
    align_corners = False
    num_classes = out_channels = 1

    def __init__(self, in_channels: int, channels: Sequence[int] = (512, 256, 128, 64),
                 stride: int = 32, min_depth: float = 1e-3, max_depth: float = 10.0,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        if not channels or stride % 2**len(channels):
            raise ValueError('each block halves the stride, so that channels must name 1 to '
                             f'{int(math.log2(stride & -stride))} of them for stride={stride}, '
                             f'got {tuple(channels)}')
        if not 0 < min_depth < max_depth < math.inf:
            raise ValueError('expected 0 < min_depth < max_depth in metres, got '
                             f'min_depth={min_depth}, max_depth={max_depth}')
        self.min_depth, self.max_depth = min_depth, max_depth
        self.stride = stride // 2**len(channels)
        widths = [in_channels, *channels]
        self.blocks = nn.Sequential(*map(UpProjection, widths, widths[1:]))
        self.depth = nn.Conv2d(channels[-1], 1, 3, padding=1)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Depths (b, 1, h, w) of the last map, unbounded."""
        return self.depth(self.blocks(maps[-1]))

    def depths(self, maps: Sequence[Tensor], size: Sequence[int]) -> Tensor:
        """Depths (b, 1, h, w) of the pixels of images of this size (h, w)."""
        height, width = (math.ceil(side / self.stride) for side in size)
        return F.interpolate(self(maps)[..., :height, :width], tuple(size), mode='bilinear',
                             align_corners=self.align_corners)

    def loss(self, maps: Sequence[Tensor], data_samples: Sequence[Any],
             train_cfg: dict | None = None) -> dict[str, Tensor]:
        """The reverse Huber loss of the pixels that have a depth, as `loss_depth` in metres."""
        truth = torch.stack([sample.gt_depth_map.data for sample in data_samples])
        valid = (truth > 0) & (truth <= self.max_depth)
        return {'loss_depth': reverse_huber(self.depths(maps, truth.shape[-2:]), truth, valid)}

    def predict(self, maps: Sequence[Tensor], batch_img_metas: Sequence[dict],
                test_cfg: dict | None = None) -> Tensor:
        """Depths (b, 1, h, w) of the batch, in metres, within the bounds."""
        meta = batch_img_metas[0]  # a batch has one size
        size = meta.get('pad_shape', meta['img_shape'])[:2]
        return self.depths(maps, size).clamp(self.min_depth, self.max_depth)
