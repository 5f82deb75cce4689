"""Where in whole images the features of a backbone are strongest."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from oadp_mm.layers.norm_statistics import has_norm_statistics
from oadp_mm.ops.principal import principal_map
from oadp_mm.probes.backbones import recorded_normaliser
from oadp_mm.probes.clean_statistics import use_clean_statistics
from oadp_mm.probes.networks import Network
from oadp_mm.probes.whole_maps import choose_layer, resized, stride_of


def heat_maps(network: Network, paths: Sequence[Path], all_paths: Sequence[Path],
              size: int = 224) -> list[np.ndarray]:
    """The `principal_map` of a network's last map, of each image.

    Args:
        network: whose batch norm is given the statistics of clean images, so that an untrained one,
            which has none yet, can be looked at beside it.
        paths: of the images that are looked at.
        all_paths: of the images whose statistics are taken.
        size: that the shorter side of an image becomes, or the next multiple of the map's stride.

    Returns:
        float32 (rows, columns) each; the cells divide the whole image.

    Raises:
        UnreadableImage: one of the images cannot be read.
        ValueError: the network returns no map, or takes no images of three channels.
    """
    maps = choose_layer(network.backbone, -1)
    stride = stride_of(maps, network.name)
    size = -(-size // stride) * stride
    normalise = recorded_normaliser(network.preprocessor)
    if has_norm_statistics(network.backbone):
        use_clean_statistics(network.backbone, normalise, all_paths, size, network.sixteen_bit)
    seen = (resized(path, size, stride, network.sixteen_bit) for path in paths)
    return [principal_map(maps(normalise(image[None])))[0].numpy() for image in seen]
