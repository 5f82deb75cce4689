"""SoCo's loss by loops over pairs, images, boxes and samples (paper 3.3, eq. 1-6), differentiable.

Weights come by name, as a checkpoint holds them; a backbone is a function from a view to its maps.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

Weights = dict[str, Tensor]


@dataclass
class Network:
    """Online or target.

    Args:
        backbone: from a view to C2..C5, or to the one map that boxes are read off.
        weights: of `neck`, `box_head`, `projector` and, online, `predictor`, as far as there are.
        last_stage: C4's head of boxes, from their maps to maps.
    """

    backbone: Callable[[Tensor], Sequence[Tensor]]
    weights: Weights
    last_stage: Callable[[Tensor], Tensor] | None = None

    def maps(self, view: Tensor) -> list[Tensor]:
        maps = list(self.backbone(view))
        return pyramid(maps, self.weights) if 'neck.fpn_convs.0.conv.weight' in self.weights else (
            maps)

    def rows(self, boxes: Tensor) -> Tensor:
        """Projections or predictions of the maps of boxes that one norm sees together."""
        if 'box_head.shared_fcs.0.weight' in self.weights:
            features = trunk(boxes, self.weights)
        else:
            maps = boxes if self.last_stage is None else self.last_stage(boxes)
            features = maps.mean((2, 3))
        for perceptron in ('projector', 'predictor'):
            if f'{perceptron}.0.weight' in self.weights:
                features = two_layers(features, self.weights, perceptron)
        return features


def loss(online: Network, target: Network, views: Sequence[Tensor], boxes: Tensor, weights: Tensor,
         pairs: Sequence[tuple[int, int]], *, bounds: Sequence[float], size: int,
         all_levels: bool = False) -> Tensor:
    """Sum over pairs of the mean over images of the mean over their boxes of |u - v|^2.

    It is 2 - 2 cos of eq. 5. An image without a box that has a level in both views counts as 0.
    """
    undirected = sorted({tuple(sorted(pair)) for pair in pairs})
    total = torch.zeros((), dtype=views[0].dtype)
    for a, b in pairs:
        number, lower_first = undirected.index(tuple(sorted((a, b)))), a < b
        sides = (0, 1) if lower_first else (1, 0)
        own, other = (boxes[:, number, side] for side in sides)
        options = dict(bounds=bounds, size=size, all_levels=all_levels)
        predictions, levels = see(online, views[a], own, **options)
        with torch.no_grad():
            keys, other_levels = see(target, views[b], other, **options)
        images = []
        for image in range(len(views[a])):
            distances = []
            for box in range(boxes.shape[3]):
                where = (image, box)
                real = weights[image, number, box] > 0
                if real and levels[where] is not None and other_levels[where] is not None:
                    u, v = (rows[where] / rows[where].norm() for rows in (predictions, keys))
                    distances.append((u - v).square().sum())
            images.append(sum(distances) / len(distances) if distances else torch.zeros(()))
        total = total + sum(images) / len(images)
    return total


def see(network: Network, view: Tensor, boxes: Tensor, *, bounds: Sequence[float], size: int,
        all_levels: bool) -> tuple[dict, dict]:
    """(image, box) -> its row, and its level or None."""
    maps = network.maps(view)
    where = [(image, box) for image in range(boxes.shape[0]) for box in range(boxes.shape[1])]
    levels = {each: level_of(boxes[each].tolist(), bounds) for each in where}
    # Without a level, a box is read off the coarsest map, and its row is not used.
    used = {each: len(maps) - 1 if level is None else level for each, level in levels.items()}

    def rows_from(map_of: Callable[[tuple[int, int]], int]) -> dict:
        pooled = torch.stack([
            roi_align(maps[map_of(each)][each[0]], boxes[each].tolist(), view.shape[2:], size)
            for each in where])
        return dict(zip(where, network.rows(pooled), strict=True))

    if not all_levels:
        return rows_from(used.__getitem__), levels
    by_level = [rows_from(lambda _, level=level: level) for level in range(len(maps))]
    return {each: by_level[used[each]][each] for each in where}, levels


def level_of(box: list[float], bounds: Sequence[float]) -> int | None:
    x1, y1, x2, y2 = box
    root = math.sqrt((x2 - x1) * (y2 - y1))
    return next((level for level, bound in enumerate(bounds) if root <= bound), None)


def roi_align(features: Tensor, box: list[float], view: Sequence[int], size: int) -> Tensor:
    """(c, size, size) of one box and one map (c, h, w): bilinear samples, averaged in each bin."""
    height, width = features.shape[1:]
    x1, x2 = (x * width / view[1] for x in box[::2])
    y1, y2 = (y * height / view[0] for y in box[1::2])
    rows, columns = (shares(*ends, size, count).to(features)
                     for ends, count in (((y1, y2), height), ((x1, x2), width)))
    return torch.einsum('ph,chw,qw->cpq', rows, features, columns)


def shares(start: float, end: float, size: int, count: int) -> Tensor:
    """(size, count): what each position along one axis contributes to each bin."""
    length = (end - start) / size
    samples = math.ceil(length)
    table = torch.zeros(size, count, dtype=torch.float64)
    for number in range(size):
        for sample in range(samples):
            place = start + length * (number + (sample + 0.5) / samples) - 0.5
            place = min(max(place, 0), count - 1)
            for position in range(count):
                table[number, position] += max(0.0, 1 - abs(place - position)) / samples
    return table


def pyramid(maps: Sequence[Tensor], weights: Weights) -> list[Tensor]:
    """Lateral 1x1, the coarser one added by nearest neighbours, 3x3; batch norm after both."""
    laterals = [block(each, weights, f'neck.lateral_convs.{level}')
                for level, each in enumerate(maps)]
    for level in range(len(maps) - 2, -1, -1):
        coarse, (height, width) = laterals[level + 1], laterals[level].shape[2:]
        rows = [row * coarse.shape[2] // height for row in range(height)]
        columns = [column * coarse.shape[3] // width for column in range(width)]
        laterals[level] = laterals[level] + coarse[:, :, rows][:, :, :, columns]
    return [block(each, weights, f'neck.fpn_convs.{level}')
            for level, each in enumerate(laterals)]


def trunk(boxes: Tensor, weights: Weights) -> Tensor:
    for number in range(4):
        boxes = block(boxes, weights, f'box_head.shared_convs.{number}').clamp(min=0)
    rows = boxes.reshape(len(boxes), -1) @ weights['box_head.shared_fcs.0.weight'].T
    return (rows + weights['box_head.shared_fcs.0.bias']).clamp(min=0)


def two_layers(rows: Tensor, weights: Weights, name: str) -> Tensor:
    hidden = rows @ weights[f'{name}.0.weight'].T + weights[f'{name}.0.bias']
    hidden = norm(hidden, weights, f'{name}.1').clamp(min=0)
    return hidden @ weights[f'{name}.3.weight'].T + weights[f'{name}.3.bias']


def block(maps: Tensor, weights: Weights, name: str) -> Tensor:
    kernel = weights[f'{name}.conv.weight']
    return norm(F.conv2d(maps, kernel, padding=kernel.shape[2] // 2), weights, f'{name}.bn')


def norm(values: Tensor, weights: Weights, name: str, eps: float = 1e-5) -> Tensor:
    """Batch norm in training: of each channel over everything else."""
    others = [axis for axis in range(values.ndim) if axis != 1]
    mean = values.mean(others, keepdim=True)
    variance = (values - mean).square().mean(others, keepdim=True)
    shape = [-1 if axis == 1 else 1 for axis in range(values.ndim)]
    scale, shift = (weights[f'{name}.{part}'].reshape(shape) for part in ('weight', 'bias'))
    return (values - mean) / (variance + eps).sqrt() * scale + shift
