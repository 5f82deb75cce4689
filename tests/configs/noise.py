"""A batch of noise for the model of a pretraining."""
from __future__ import annotations

import torch
from mmengine.config import Config
from mmpretrain.structures import DataSample

from oadp_mm.ops.windows import Window
from tests.configs.leaves import view_sides


def noise(config: Config, count: int) -> dict:
    """What the loader would give: views of the config's sides, windows, and its boxes."""
    sides, boxes = view_sides(config), config.train_dataloader.dataset.views.get('boxes')
    windows = [Window(0, 0, side, side, size=(side, side)) for side in sides]
    samples = [DataSample(metainfo={'windows': windows}) for _ in range(count)]
    data = {'data_samples': samples, 'inputs': [
        torch.randint(256, (count, 3, side, side), dtype=torch.uint8) for side in sides]}
    if boxes:  # each of half the sides
        scales = torch.tensor([(sides[0], side) for side in sides[1:]]).view(-1, 2, 1, 1)
        corners = torch.rand(count, len(sides) - 1, 2, boxes.count, 2) / 2
        data['boxes'] = torch.cat([corners, corners + 0.5], -1) * scales
        data['box_weights'] = torch.ones(count, len(sides) - 1, boxes.count)
    return data
