"""A small backbone, and a checkpoint of its pretraining."""
from __future__ import annotations

import logging
from pathlib import Path

import torch
from mmengine.config import Config

from oadp_mm.probes.backbones import random_backbone

BACKBONE = dict(type='ResNet', depth=18, base_channels=4, stem_channels=4, strides=(1, 2, 2, 1))


def write_checkpoint(path: Path, seed: int = 1) -> dict[str, torch.Tensor]:
    """A training's checkpoint; the tensors of its backbone."""
    logging.disable(logging.INFO)
    state = random_backbone(BACKBONE, seed).state_dict()
    logging.disable(logging.NOTSET)
    config = Config({'model': {'type': 'oadp_mm.OADP', 'backbone': BACKBONE, 'data_preprocessor': {
        'type': 'oadp_mm.ViewsDataPreprocessor', 'mean': (1., 2., 3.), 'std': (4., 5., 6.)}}})
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({'state_dict': {f'backbone.{key}': value for key, value in state.items()},
                'meta': {'epoch': 3, 'iter': 12, 'cfg': config.pretty_text}}, path)
    return state
