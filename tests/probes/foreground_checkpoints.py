"""A checkpoint of SCD whose saliency is known: it fires where an image is red."""
from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmpretrain.models.backbones.base_backbone import BaseBackbone
from mmpretrain.registry import MODELS
from torch import nn

from oadp_mm.layers.foreground import ForegroundNetwork
from oadp_mm.probes.backbones import random_backbone
from tests.probes.tiny_network import BACKBONE

#: Of cells that are wholly red, and of cells without red.
RED, OTHER = 0.9, 0.1


@MODELS.register_module(force=True)
class CellMeans(BaseBackbone):
    """The mean colour of each cell of 32 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = nn.Conv2d(3, 3, 32, 32, groups=3, bias=False)

    def forward(self, x):
        return (self.mean(x),)


def model_config(**changes) -> dict:
    return {'type': 'oadp_mm.SCD', 'backbone': {'type': 'CellMeans'},
            'data_preprocessor': {'type': 'SelfSupDataPreprocessor', 'mean': [127.5] * 3,
                                  'std': [127.5] * 3, 'to_rgb': True}, **changes}


def red_tensors() -> dict[str, torch.Tensor]:
    """Colours arrive as -1..1. ReLU leaves 1 of full red and 0 of none, and log(p / (1 - p)) is
    what the sigmoid turns into p; its target would say the contrary."""
    logit = {p: math.log(p / (1 - p)) for p in (RED, OTHER)}
    saliency = {
        'layers.0.weight': torch.eye(3)[:, :, None, None],
        'layers.1.weight': torch.full((3,), math.sqrt(1 + 1e-5)),  # undoes the norm's epsilon
        'layers.1.bias': torch.zeros(3),
        'layers.1.running_mean': torch.zeros(3),
        'layers.1.running_var': torch.ones(3),
        'layers.1.num_batches_tracked': torch.tensor(1),
        'layers.3.weight': torch.tensor([logit[RED] - logit[OTHER], 0, 0]).view(1, 3, 1, 1),
        'layers.3.bias': torch.tensor([logit[OTHER]]),
    }
    backbone = {'mean.weight': torch.full((3, 1, 32, 32), 1 / 1024)}
    return {
        **{f'backbone.{key}': tensor for key, tensor in backbone.items()},
        **{f'target.backbone.{key}': -tensor for key, tensor in backbone.items()},
        **{f'semantic_head.saliency.{key}': tensor for key, tensor in saliency.items()},
        **{f'semantic_head.target_saliency.{key}': -tensor for key, tensor in saliency.items()},
        'head.projector.weight': torch.ones(1),
    }


def save(path: Path, tensors: dict[str, torch.Tensor] | None = None, **changes) -> Path:
    """A checkpoint in mmengine's form; `changes` of the model's config."""
    cfg = Config({'model': model_config(**changes)}).pretty_text
    torch.save({'state_dict': red_tensors() if tensors is None else tensors,
                'meta': {'epoch': 3, 'cfg': cfg}}, path)
    return path


def save_resnet(path: Path, seed: int) -> Path:
    """A checkpoint of SCD on a tiny ResNet, with random weights and a saliency that varies."""
    backbone = random_backbone(BACKBONE, seed)
    saliency = ForegroundNetwork(8 * BACKBONE['base_channels'])
    nn.init.normal_(saliency.layers[-1].weight)
    return save(path, {
        **{f'backbone.{key}': tensor for key, tensor in backbone.state_dict().items()},
        **{f'semantic_head.saliency.{key}': tensor for key, tensor in
           saliency.state_dict().items()}}, backbone=BACKBONE)


def quadrants(top_left, top_right, bottom_left, bottom_right, height=64, width=64) -> np.ndarray:
    """An RGB image of four plain colours."""
    image = np.empty((height, width, 3), np.uint8)
    for rows, colours in ((slice(height // 2), (top_left, top_right)),
                          (slice(height // 2, None), (bottom_left, bottom_right))):
        image[rows, :width // 2], image[rows, width // 2:] = colours
    return image
