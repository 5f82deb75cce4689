"""Which ResNet a set of tensors is, told by their names and shapes."""
from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

# Blocks in each layer, without and with a bottleneck.
_DEPTHS = {18: (False, (2, 2, 2, 2)), 34: (False, (3, 4, 6, 3)), 50: (True, (3, 4, 6, 3)),
           101: (True, (3, 4, 23, 3)), 152: (True, (3, 8, 36, 3))}


def resnet_name(tensors: Mapping[str, Tensor]) -> str | None:
    """'ResNet-50', or with a width, 'ResNet-50 of width 2'; None for any other network.

    Args:
        tensors: by their keys in the backbone; some of the four layers do if they tell the depth.
    """
    blocks = [len({key.split('.')[1] for key in tensors if key.startswith(f'layer{layer}.')})
              for layer in range(1, 5)]
    layer = next((i + 1 for i, count in enumerate(blocks) if count), None)
    first, second, third = (tensors.get(f'layer{layer}.0.conv{i}.weight') for i in range(1, 4))
    if layer is None or first is None or second is None:
        return None
    # Not so in a ResNeXt, whose second convolution is grouped, and in torchvision's wide ResNets.
    if second.shape[1] != len(first) or (third is not None and len(third) != 4 * len(first)):
        return None
    depths = [depth for depth, (bottleneck, counts) in _DEPTHS.items()
              if bottleneck == (third is not None)
              and all(count in (0, there) for count, there in zip(blocks, counts, strict=True))]
    if len(depths) != 1:
        return None
    width = len(first) / (64 * 2 ** (layer - 1))
    stem = ' with a deep stem' if any(key.startswith('stem.') for key in tensors) else ''
    return f'ResNet-{depths[0]}' + (f' of width {width:g}' if width != 1 else '') + stem
