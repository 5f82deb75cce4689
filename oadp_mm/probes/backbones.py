"""A pretraining's backbone and preprocessor by themselves, from its config."""
from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from mmengine.model import BaseDataPreprocessor, BaseModule
from mmengine.runner import set_random_seed
from mmpretrain.registry import MODELS
from torch import Tensor


def build_backbone(config: Mapping) -> BaseModule:
    """The backbone of `model.backbone`, not initialised; it starts from no file."""
    return MODELS.build({key: value for key, value in config.items() if key != 'init_cfg'})


def random_backbone(config: Mapping, seed: int) -> BaseModule:
    """A backbone with its own random initialisation."""
    set_random_seed(seed)
    backbone = build_backbone(config)
    backbone.init_weights()
    return backbone


def build_preprocessor(config: Mapping) -> BaseDataPreprocessor:
    """What normalised the views of a training, from its `model.data_preprocessor`."""
    return MODELS.build({'type': 'SelfSupDataPreprocessor', **config})  # the host's default


def normalised(preprocessor: BaseDataPreprocessor, images: Tensor) -> Tensor:
    """Images uint8 (b, 3, h, w) in BGR as the training normalised its views, on its device."""
    return preprocessor({'inputs': [images], 'data_samples': None})['inputs'][0]


def recorded_normaliser(preprocessor: Mapping) -> Callable[[Tensor], Tensor]:
    """Images uint8 (b, 3, h, w) in BGR as a training normalised its views, on their device.

    Args:
        preprocessor: with `mean`, `std` and `channels`, as an exported file carries it, see
            `recipe`.
    """
    mean, std = (torch.tensor(preprocessor[key]).float().view(3, 1, 1) for key in ('mean', 'std'))
    turned = preprocessor['channels'] == 'RGB'
    return lambda images: ((images.flip(1) if turned else images).float()
                           - mean.to(images.device)) / std.to(images.device)


def tensor_shapes(config: Mapping) -> dict[str, tuple[int, ...]]:
    """What makes two backbones the same network: the names and shapes of their tensors."""
    state = build_backbone(config).state_dict()
    return {name: tuple(tensor.shape) for name, tensor in state.items()}
