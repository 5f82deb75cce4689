"""Boxes have the same features in SoCo's networks and in mmdet's detectors that take them over."""
from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from mmdet.models import FPN, ResNet, Shared4Conv1FCBBoxHead, SingleRoIExtractor
from mmdet.models.roi_heads.shared_heads import ResLayer
from torch import Tensor, nn

from oadp_mm.cli import main
from oadp_mm.models import SoCo
from oadp_mm.ops.box_pooling import pool_boxes
from tests.models.tiny_pairs import BYOL, PREPROCESSOR

HEIGHT, WIDTH = 480, 608
#: (x1, y1, x2, y2) by the level that mmdet pools them from: below 112, 224, 448 px, and above.
BOXES = torch.tensor([
    [[3.5, 8, 40, 90.25], [100, 7, 131, 13], [595, 470, 608, 480]],
    [[20, 30, 170, 160], [0, 0, 130, 112.5], [400.5, 200, 600, 300]],
    [[10, 12, 310, 402], [300, 0, 608, 400], [0, 0, 225, 224]],
    [[0, 0, 608, 480], [20, 10, 600, 470], [50, 0, 608, 475]]])
BACKBONE = {'type': 'mmpretrain.ResNet', 'depth': 18}
CHANNELS = [64, 128, 256, 512]
NORM = {'type': 'BN'}


@pytest.fixture(scope='module')
def image() -> Tensor:
    torch.manual_seed(0)
    return torch.randn(1, 3, HEIGHT, WIDTH)


def pretrained(image: Tensor, **form) -> SoCo:
    """Norms as training leaves them: random scales, the statistics of an image."""
    torch.manual_seed(1)
    model = SoCo(backbone=BACKBONE, head=BYOL, data_preprocessor=PREPROCESSOR, **form)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
            module.momentum = None
    with torch.no_grad():
        maps = model.backbone(image)
        ours(model, maps, image, BOXES.reshape(1, -1, 4))
    model.eval()
    return model


def ours(model: SoCo, maps: tuple[Tensor, ...], image: Tensor, boxes: Tensor) -> Tensor:
    maps = maps if model.neck is None else model.neck(maps)
    return model.rows(maps, boxes, image, model.trunk(), nn.Identity())


def exported(model: nn.Module, folder: Path, *options: str) -> dict:
    """An initialiser from what `oadp-mm export` writes of a training's checkpoint."""
    torch.save({'state_dict': model.state_dict(), 'meta': {'epoch': 1}}, folder / 'epoch_1.pth')
    out = folder / 'out.safetensors'
    assert main(['export', str(folder / 'epoch_1.pth'), str(out), *options]) == 0
    return {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(out)}


def ready(module: nn.Module) -> nn.Module:
    module.init_weights()
    module.eval()  # mmdet's train() returns nothing
    return module


def rois(boxes: Tensor) -> Tensor:
    return torch.cat([torch.zeros(len(boxes), 1), boxes], 1)


def test_a_box_head_and_its_pyramid(image, tmp_path):
    """With mmdet's bounds of levels the whole way is one; with SoCo's, each level's."""
    model = pretrained(image, neck={'out_channels': 16},
                       box_head={'conv_channels': 16, 'fc_channels': 32},
                       bounds=(111.999, 223.999, 447.999, math.inf))
    start = exported(model, tmp_path, '--parts', 'backbone,neck,box_head')
    fresh = {name: {'type': 'Normal', 'std': 0.01} for name in ('fc_cls', 'fc_reg')}
    backbone = ready(ResNet(depth=18, init_cfg=start))
    neck = ready(FPN(CHANNELS, 16, 5, norm_cfg=NORM, init_cfg={**start, 'prefix': 'neck.'}))
    head = ready(Shared4Conv1FCBBoxHead(
        in_channels=16, conv_out_channels=16, fc_out_channels=32, norm_cfg=NORM,
        init_cfg={**start, 'prefix': 'box_head.', 'fresh': fresh}))
    head.fc_cls = nn.Identity()  # which then gives what classification and regression share
    extract = SingleRoIExtractor(
        {'type': 'RoIAlign', 'output_size': 7, 'sampling_ratio': 0}, 16, [4, 8, 16, 32])
    with torch.no_grad():
        theirs = neck(backbone(image))[:4]
        maps = model.backbone(image)
        for level, boxes in enumerate(BOXES):
            expected = head(extract(theirs, rois(boxes)))[0]
            got = ours(model, maps, image, boxes[None])
            torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)
            # not because all levels give the same
            other = ours(model, maps, image, boxes[None].roll(1, 1))
            assert (other - expected).abs().max() > 0.05
            pooled = pool_boxes(model.neck(maps), boxes[None], (HEIGHT, WIDTH), 7)
            for number, (feature, layer) in enumerate(zip(pooled, extract.roi_layers,
                                                          strict=True)):
                expected = layer(theirs[number], rois(boxes))
                torch.testing.assert_close(feature, expected, rtol=1e-4, atol=1e-4)
                assert number == level or (pooled[level] - expected).abs().max() > 0.05


def test_the_last_stage_of_a_c4_detector(image, tmp_path):
    model = pretrained(image, box_head='layer4', roi_size=14, pairs=((0, 1), (1, 0)))
    start = exported(model, tmp_path)
    backbone = ready(ResNet(
        depth=18, num_stages=3, strides=(1, 2, 2), dilations=(1, 1, 1), out_indices=(2,),
        init_cfg={**start, 'only': ('conv1', 'bn1', 'layer1', 'layer2', 'layer3')}))
    last = ready(ResLayer(depth=18, init_cfg={**start, 'only': 'layer4'}))
    extract = SingleRoIExtractor(
        {'type': 'RoIAlign', 'output_size': 14, 'sampling_ratio': 0}, 256, [16])
    boxes = BOXES.flatten(0, 1)
    with torch.no_grad():
        expected = last(extract(backbone(image), rois(boxes))).mean((2, 3))
        got = ours(model, model.backbone(image), image, boxes[None])
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)
    assert (got[0] - got[1]).abs().max() > 0.05
