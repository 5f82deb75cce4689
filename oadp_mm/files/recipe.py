"""How a training fed its backbone, as far as the text of its config tells.

Equal tensors make equal features only in the same network that gets the same pixels: behind another
mean, another order of channels or another style of bottleneck all of them load and none fits.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Of ImageNet's images, in RGB order and 0..255.
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)

# What a config leaves to the defaults of its class, which are the same in all hosts.
_PLAIN = {'style': 'pytorch', 'deep_stem': False, 'avg_down': False, 'base_channels': 64,
          'strides': [1, 2, 2, 2]}
_BACKBONES = {'ResNet': _PLAIN, 'ResNetV1c': {**_PLAIN, 'deep_stem': True},
              'ResNetV1d': {**_PLAIN, 'deep_stem': True, 'avg_down': True}}


def architecture(model: Mapping[str, Any]) -> dict[str, Any] | None:
    """`model.backbone`, any ResNet as one with its defaults, None if the config has none."""
    backbone = model.get('backbone')
    if not isinstance(backbone, dict):
        return None
    name = str(backbone.get('type')).rpartition('.')[2]
    # Not what it was itself initialised from, which names somebody's folders.
    told = {**_BACKBONES.get(name, {}), **{k: v for k, v in backbone.items() if k != 'init_cfg'}}
    # The other two are a ResNet with these set, and take them no second time.
    return {**told, 'type': 'ResNet'} if name in _BACKBONES else told


def preprocessor(model: Mapping[str, Any]) -> dict[str, Any] | None:
    """`mean` and `std` in 0..255 with the order of their `channels`, None if they are unknown.

    `channels` is what the network sees, 'RGB' or 'BGR', of images that are loaded as BGR.
    """
    config = model.get('data_preprocessor')
    if not isinstance(config, dict):
        return None
    if config.get('type') == 'oadp_mm.ViewsDataPreprocessor':
        config = {'mean': MEAN, 'std': STD, 'bgr_to_rgb': True, **config}
    told = {'mean': config.get('mean'), 'std': config.get('std')}
    for values in told.values():
        if not (isinstance(values, (list, tuple)) and len(values) == 3
                and all(isinstance(value, (int, float)) for value in values)):
            return None
    turned = any(config.get(key) is True for key in ('bgr_to_rgb', 'to_rgb', 'rgb_to_bgr'))
    return {'channels': 'RGB' if turned else 'BGR', **told}


def view_size(loader: Any) -> int | None:
    """Pixels of a side of the views that a `train_dataloader` cuts, None if it does not tell."""
    for key in ('dataset', 'views', 'crop'):
        loader = loader.get(key) if isinstance(loader, dict) else None
    size = (loader.get('size') or loader.get('scale')) if isinstance(loader, dict) else None
    return size if type(size) is int else None


def sixteen_bit(loader: Any) -> str | None:
    """How a `train_dataloader` turns 16-bit pixels to 8-bit ones, None if it does not tell."""
    if isinstance(loader, dict):
        if isinstance(loader.get('sixteen_bit'), str):
            return loader['sixteen_bit']
        loader = list(loader.values())
    found = map(sixteen_bit, loader if isinstance(loader, list) else ())
    return next((value for value in found if value is not None), None)
