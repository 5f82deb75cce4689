"""A small detector of mmdet's parts, and a pretraining of the same."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import mmdet.models
import mmpretrain.models
import torch
from mmengine.model import BaseModel, BaseModule
from torch import nn

from oadp_mm.engine.hooks import HandoffCheckHook

NORM = {'type': 'BN', 'requires_grad': True}
CHANNELS = [64, 128, 256, 512]
CLASSES = 20
# A norm has 5 tensors: weight, bias, mean, variance, count.
NECK = 2 * 4 * (1 + 5)
BOX_HEAD = 4 * (1 + 5) + 2


def neck(init_cfg=None, **options) -> nn.Module:
    settings = {'in_channels': CHANNELS, 'out_channels': 8, 'num_outs': 5, 'norm_cfg': NORM}
    if init_cfg:
        settings['init_cfg'] = init_cfg
    return mmdet.models.FPN(**settings | options)


def box_head(init_cfg=None) -> nn.Module:
    return mmdet.models.Shared4Conv1FCBBoxHead(
        in_channels=8, conv_out_channels=8, fc_out_channels=64, norm_cfg=NORM, init_cfg=init_cfg,
        num_classes=CLASSES)


#: What the file does not have, and how the host starts it.
FRESH = {'fc_cls': {'type': 'Normal', 'std': 0.01}, 'fc_reg': {'type': 'Normal', 'std': 0.001}}


class RoIHead(BaseModule):
    def __init__(self, init_cfg) -> None:
        super().__init__()
        self.bbox_head = box_head(init_cfg)


class Detector(BaseModel):
    """Where mmdet's detectors hold what a pretraining hands over."""

    def __init__(self, backbone, neck_init=None, head_init=None) -> None:
        super().__init__()
        self.backbone = mmdet.models.ResNet(depth=18, init_cfg=backbone)
        self.neck = neck(neck_init)
        self.roi_head = RoIHead(head_init)

    def forward(self, *_, **__):
        raise NotImplementedError


def trained() -> nn.ModuleDict:
    """What is pretrained together: the online parts beside copies that must never be taken."""
    torch.manual_seed(0)
    trunk = box_head()
    del trunk.fc_cls, trunk.fc_reg
    model = nn.ModuleDict({'backbone': mmpretrain.models.ResNet(depth=18), 'neck': neck(),
                           'box_head': trunk, 'target_neck': neck(), 'projector': nn.Linear(2, 2)})
    for tensor in model.state_dict().values():  # norms, too, unlike new ones
        tensor.copy_(torch.rand(tensor.shape) + 0.5 if tensor.is_floating_point() else 7)
    return model


def init(path: object, prefix: str | None = None, **options: Any) -> dict[str, Any]:
    return {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(path), 'prefix': prefix,
            **options}


def started(model: BaseModel) -> BaseModel:
    """What a runner does before the first step."""
    model.init_weights()
    check(model)
    return model


def check(model: BaseModel) -> None:
    HandoffCheckHook().before_train(SimpleNamespace(model=model, _has_loaded=False))


def same(module: nn.Module, other: nn.Module) -> bool:
    state = module.state_dict()
    return all(torch.equal(state[key], value) for key, value in other.state_dict().items())
