"""BYOL and DenseCL from the parts of lightly 1.6: its heads, losses, memory banks and transforms.

lightly leaves networks and training loop to its user. They are torchvision's ResNets here, and the
loop takes what its documentation recommends: targets moved by `update_momentum`, keys from a
shuffled batch for DenseCL. Losses are weighed as mmpretrain weighs them.
"""
from __future__ import annotations

import copy

import torch
import torchvision
from lightly.loss import NegativeCosineSimilarity, NTXentLoss
from lightly.models import utils
from lightly.models.modules import BYOLPredictionHead, BYOLProjectionHead, DenseCLProjectionHead
from lightly.transforms import (
    BYOLTransform,
    BYOLView1Transform,
    BYOLView2Transform,
    DenseCLTransform,
)
from PIL import Image
from torch import Tensor, nn

QUEUE = 65536


def resnet(depth: int) -> tuple[nn.Module, int]:
    """torchvision's ResNet up to its last map, and the channels of that."""
    network = getattr(torchvision.models, f'resnet{depth}')()
    return nn.Sequential(*list(network.children())[:-2]), network.fc.in_features


def frozen(module: nn.Module) -> nn.Module:
    """A copy that gets no gradient."""
    target = copy.deepcopy(module)
    utils.deactivate_requires_grad(target)
    return target


class Method:
    """An online network whose target follows it after each step."""

    keep: float
    transform: object

    def __init__(self, online: nn.Module, **others: nn.Module) -> None:
        self.online, self.target = online, frozen(online)
        self.networks = nn.ModuleDict({'online': online, 'target': self.target, **others})

    def after_step(self) -> None:
        utils.update_momentum(self.online, self.target, m=self.keep)

    def views(self, file: str) -> list[Tensor]:
        with Image.open(file) as image:
            return self.transform(image.convert('RGB'))


class BYOL(Method):
    keep = 0.99

    def __init__(self, depth: int, size: int) -> None:
        backbone, width = resnet(depth)
        self.predict = BYOLPredictionHead(256, 4096, 256)
        self.distance = NegativeCosineSimilarity()
        self.transform = BYOLTransform(BYOLView1Transform(size), BYOLView2Transform(size))
        super().__init__(
            nn.Sequential(backbone, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                          BYOLProjectionHead(width, 4096, 256)),
            predictor=self.predict)

    def loss(self, batch: dict[str, list[Tensor]]) -> Tensor:
        predictions = [self.predict(self.online(view)) for view in batch['inputs']]
        with torch.no_grad():
            targets = [self.target(view) for view in batch['inputs']]
        return 2 * (self.distance(predictions[0], targets[1])
                    + self.distance(predictions[1], targets[0]))


class Dense(nn.Module):
    """Features (b, hw, c) of each position, and projections of the image and of positions."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.backbone, width = resnet(depth)
        self.whole = DenseCLProjectionHead(width, 2048, 128)
        self.each = DenseCLProjectionHead(width, 2048, 128)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.backbone(images).flatten(2).transpose(1, 2)
        return features, self.whole(features.mean(1)), self.each(features)


class DenseCL(Method):
    keep = 0.999

    def __init__(self, depth: int, size: int) -> None:
        self.transform = DenseCLTransform(size)
        self.contrast = nn.ModuleList(
            NTXentLoss(temperature=0.2, memory_bank_size=(QUEUE, 128)) for _ in range(2))
        super().__init__(Dense(depth), contrast=self.contrast)

    def loss(self, batch: dict[str, list[Tensor]]) -> Tensor:
        first, second = batch['inputs']
        features, whole, each = self.online(first)
        with torch.no_grad():
            shuffled, order = utils.batch_shuffle(second)
            keys = [utils.batch_unshuffle(rows, order) for rows in self.target(shuffled)]
        matched = utils.select_most_similar(features, keys[0], keys[2])
        of_images, of_positions = self.contrast
        return 0.5 * (of_images(whole, keys[1])
                      + of_positions(each.flatten(0, 1), matched.flatten(0, 1)))


def build(method: str, depth: int, size: int) -> Method:
    return {'BYOL': BYOL, 'DenseCL': DenseCL}[method](depth, size)
