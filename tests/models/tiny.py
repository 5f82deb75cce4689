"""A small OADP, a quick backbone and a batch of real view pairs for the tests of this folder."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from oadp_mm.models import OADP
from oadp_mm.registry import MODELS
from tests.oracles import images

#: ResNet-18's last map has side 4 here: 16 small patches, 9 large ones.
SIDE, GRID, K = 128, 4, 5
MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]


@MODELS.register_module()
class FourConvolutions(BaseModule):
    """A backbone with the resolutions of a ResNet, and far fewer operations."""

    def __init__(self, out_indices: tuple[int, ...]) -> None:
        super().__init__()
        self.out_indices = out_indices
        self.stages = nn.ModuleList(
            nn.Sequential(nn.Conv2d(wide, 16, 3, stride, 1), nn.BatchNorm2d(16), nn.ReLU())
            for wide, stride in ((3, 4), (16, 2), (16, 2), (16, 2)))

    def forward(self, view: Tensor) -> tuple[Tensor, ...]:
        maps = [view]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return tuple(maps[1 + index] for index in self.out_indices)


def settings(**changes) -> dict:
    """OADP on a ResNet-18 of a quarter of the width; `selector` and `head` changes are merged."""
    selector = {'type': 'oadp_mm.PatchSelector', 'grid': GRID, 'k': K}
    head = {'type': 'oadp_mm.PredictiveHead', 'hidden_channels': 32, 'out_channels': 16}
    return {
        'backbone': {'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 16,
                     'base_channels': 16},
        'data_preprocessor': {'type': 'oadp_mm.ViewsDataPreprocessor', 'gray': True},
        **changes,
        'selector': {**selector, **changes.get('selector', {})},
        'head': {**head, **changes.get('head', {})},
    }


def build(**changes) -> OADP:
    """The model in training mode with weights that all matter."""
    torch.manual_seed(0)
    model = OADP(**settings(**changes))
    model.init_weights()
    return separate(model).train()


def separate(model: OADP) -> OADP:
    """Weights as in the middle of a training: residual branches count and targets lag behind.

    The host's initialisation ends each residual branch with a norm of weight 0, which would hide
    everything before it.
    """
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.affine:
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.1)
        for copy in model.copies():
            for parameter in copy.parameters():
                parameter.mul_(1 + 0.2 * torch.rand_like(parameter))
    return model


def views() -> tuple[list[Tensor], list[Tensor]]:
    """Normalised float views (2, 3, h, w) and the grey levels (2, h, w) of two photos' pairs."""
    crops = ((0.0, 0.6), (0.2, 1.0))
    rgb = [np.stack([images.photo(name, SIDE, crop) for name in ('astronaut', 'coffee')])
           for crop in crops]
    inputs = [torch.from_numpy(view).permute(0, 3, 1, 2).float().sub(118).div(58) for view in rgb]
    gray = [torch.from_numpy(np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in view]))
            for view in rgb]
    return inputs, gray


def total(losses: dict[str, Tensor]) -> Tensor:
    return sum(losses.values())
