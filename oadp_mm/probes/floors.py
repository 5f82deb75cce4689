"""Which backbones are probed beside the untrained network of their own architecture."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence

from oadp_mm.probes.networks import Network
from oadp_mm.probes.whole_maps import check_size, choose_layer, stride_of


def built_as(network: Network, stride: int) -> str:
    """What architectures are told apart by: names and shapes of tensors, and the map's stride."""
    shapes = sorted((name, tuple(tensor.shape))
                    for name, tensor in network.backbone.state_dict().items())
    return f'{hashlib.sha256(repr(shapes).encode()).hexdigest()[:12]}-{stride}'


def check_networks(networks: Sequence[Network], size: int, layer: int) -> list[str]:
    """A sentence on those that lack their untrained network, where another's is there.

    Args:
        networks: the rows of a table.
        size: shorter side of the images, in pixels.
        layer: of the backbones.

    Raises:
        ValueError: the layer, the size or the channels do not suit a network.
    """
    kinds = []
    for network in networks:
        stride = stride_of(choose_layer(network.backbone, layer), network.name)
        check_size(size, stride, network.name)
        kinds.append(built_as(network, stride))
    floors = {kind for network, kind in zip(networks, kinds, strict=True) if network.untrained}
    return [f'{network.name} is of another architecture than random: it is no floor for it; probe '
            'it with random behind it in a call of its own'
            for network, kind in zip(networks, kinds, strict=True) if floors and kind not in floors]
