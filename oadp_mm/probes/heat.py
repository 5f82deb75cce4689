"""Where in whole images the features of a backbone are strongest."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from oadp_mm.layers.norm_statistics import has_norm_statistics
from oadp_mm.ops.principal import is_constant, principal_map
from oadp_mm.probes.backbones import recorded_normaliser
from oadp_mm.probes.clean_statistics import use_clean_statistics
from oadp_mm.probes.networks import Network
from oadp_mm.probes.whole_maps import choose_layer, resized, stride_of


def pointing(maps: Tensor) -> Tensor:
    """The `principal_map`, or 0 where features are the same in the whole image."""
    return torch.where(is_constant(maps)[:, None, None], 0, principal_map(maps))


def only_channel(maps: Tensor) -> Tensor:
    """A map that is one already, such as a foreground's."""
    return maps[:, 0]


def heat_maps(network: Network, paths: Sequence[Path], all_paths: Sequence[Path],
              size: int = 224, layer: int = -1,
              heat_of: Callable[[Tensor], Tensor] = pointing) -> list[np.ndarray]:
    """What the features of a layer of a network amount to in each cell, of each image.

    Args:
        network: whose batch norm is given the statistics of clean images, so that an untrained one,
            which has none yet, can be looked at beside it.
        paths: of the images that are looked at.
        all_paths: of the images whose statistics are taken; of none the network keeps its own.
        size: that the shorter side of an image becomes, or the next multiple of the map's stride.
        layer: see `choose_layer`.
        heat_of: makes a map (b, h, w) of features (b, c, h, w).

    Returns:
        float32 (rows, columns) each; the cells divide the whole image.

    Raises:
        UnreadableImage: one of the images cannot be read.
        ValueError: the network returns no map, has no such layer, or takes no images of three
            channels.
    """
    maps = choose_layer(network.backbone, layer)
    stride = stride_of(maps, network.name)
    size = -(-size // stride) * stride
    normalise = recorded_normaliser(network.preprocessor)
    if all_paths and has_norm_statistics(network.backbone):
        use_clean_statistics(network.backbone, normalise, all_paths, size, network.sixteen_bit)
    found = []
    for path in paths:
        seen = maps(normalise(resized(path, size, stride, network.sixteen_bit)[None]))
        found.append(heat_of(seen)[0].numpy())
    return found
