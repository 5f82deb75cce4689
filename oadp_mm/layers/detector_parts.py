"""What a detector puts on its backbone and SoCo pretrains: feature pyramid and trunk of boxes.

Keys and features are those of mmdet's `FPN` and `Shared4Conv1FCBBoxHead` with batch norm, so that
a detector takes the weights as they are. They start as in SoCo's code: the pyramid by mmcv's
initialisation of a `ConvModule`, the trunk by torch's.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class FeaturePyramid(nn.Module):
    """Maps of one width at every resolution, each of which has seen the coarser ones (FPN).

    Args:
        in_channels: of the backbone's maps, from fine to coarse.
        out_channels: of all maps of the pyramid.

    Raises:
        ValueError: no map, or fewer than one channel.
    """

    def __init__(self, in_channels: Sequence[int], out_channels: int = 256) -> None:
        super().__init__()
        _check_widths('a feature pyramid', *in_channels, out_channels)
        self.out_channels = [out_channels] * len(in_channels)
        self.lateral_convs = nn.ModuleList(
            _convolution(channels, out_channels, 1) for channels in in_channels)
        self.fpn_convs = nn.ModuleList(
            _convolution(out_channels, out_channels, 3) for _ in in_channels)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode='fan_out', nonlinearity='relu')

    def forward(self, maps: Sequence[Float[Tensor, 'b _ _ _']],
                ) -> tuple[Float[Tensor, 'b c _ _'], ...]:
        """P2, P3, ... of the backbone's maps C2, C3, ..., of their sizes."""
        *finer, above = [lateral(each)
                         for lateral, each in zip(self.lateral_convs, maps, strict=True)]
        merged = [above]
        for lateral in reversed(finer):
            above = lateral + F.interpolate(above, size=lateral.shape[2:], mode='nearest')
            merged.insert(0, above)
        return tuple(out(each) for out, each in zip(self.fpn_convs, merged, strict=True))


class BoxTrunk(nn.Module):
    """What classification and regression of a box share: four convolutions and a linear layer.

    Args:
        in_channels: of the boxes' maps.
        size: their side.
        conv_channels: width of the convolutions.
        fc_channels: width of the row that comes out.

    Raises:
        ValueError: a width or side below 1.
    """

    def __init__(self, in_channels: int, size: int, conv_channels: int = 256,
                 fc_channels: int = 1024) -> None:
        super().__init__()
        _check_widths('a trunk of boxes', in_channels, size, conv_channels, fc_channels)
        self.out_channels = fc_channels
        self.shared_convs = nn.ModuleList(
            _convolution(channels, conv_channels, 3, nn.ReLU(inplace=True))
            for channels in (in_channels, *[conv_channels] * 3))
        self.shared_fcs = nn.ModuleList([nn.Linear(conv_channels * size ** 2, fc_channels)])

    def forward(self, boxes: Float[Tensor, 'n c s s']) -> Float[Tensor, 'n d']:
        """A row for each box's map."""
        for convolution in self.shared_convs:
            boxes = convolution(boxes)
        return F.relu(self.shared_fcs[0](boxes.flatten(1)))


def _convolution(in_channels: int, out_channels: int, kernel: int, *then: nn.Module,
                 ) -> nn.Sequential:
    names = ('conv', 'bn', 'activate')
    parts = (nn.Conv2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False),
             nn.BatchNorm2d(out_channels), *then)
    return nn.Sequential(OrderedDict(zip(names, parts, strict=False)))


def _check_widths(of: str, *widths: int) -> None:
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f'{of} needs maps to work on and widths of at least 1, got '
                         f'{", ".join(map(str, widths))}')
