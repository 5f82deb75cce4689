"""Backbones by themselves: built from a pretraining's config, filled from its checkpoint."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mmengine.model import BaseModule
from mmengine.runner import set_random_seed
from mmpretrain.registry import MODELS

from oadp_mm.files.checkpoint import read_checkpoint
from oadp_mm.files.whole_module import load_whole


def build_backbone(config: Mapping) -> BaseModule:
    """The backbone of `model.backbone`, not initialised; it starts from no file."""
    return MODELS.build({key: value for key, value in config.items() if key != 'init_cfg'})


def random_backbone(config: Mapping, seed: int) -> BaseModule:
    """A backbone with its own random initialisation."""
    set_random_seed(seed)
    backbone = build_backbone(config)
    backbone.init_weights()
    return backbone


def pretrained_backbone(config: Mapping, path: str | Path) -> BaseModule:
    """A backbone with all its tensors from a pretraining's checkpoint.

    Raises:
        CheckpointError: the file cannot be read, or its tensors are not those of the backbone.
    """
    backbone = build_backbone(config)
    load_whole(backbone, read_checkpoint(path),
               advice='give a checkpoint of the training of this very config')
    return backbone


def tensor_shapes(config: Mapping) -> dict[str, tuple[int, ...]]:
    """What makes two backbones the same network: the names and shapes of their tensors."""
    state = build_backbone(config).state_dict()
    return {name: tuple(tensor.shape) for name, tensor in state.items()}
