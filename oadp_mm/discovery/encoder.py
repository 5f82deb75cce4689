"""From square pictures to rows of features, by a network that is left as it is."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import torch
from jaxtyping import Float32, UInt8
from torch import Tensor, nn

from oadp_mm.files.backbone_file import fingerprint
from oadp_mm.layers.norm_statistics import has_norm_statistics
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.ops.rows import unit
from oadp_mm.probes.backbones import recorded_normaliser
from oadp_mm.probes.clean_statistics import STATISTICS, use_clean_statistics
from oadp_mm.probes.data import evenly
from oadp_mm.probes.networks import Network

#: Pictures that are seen together; the rounding of features depends on it.
BATCH = 64


class Encoder:
    """A backbone's vector of the whole picture (ResNets: the mean of the last map), and perhaps a
    projector's of it, in evaluation mode.

    Args:
        network: the backbone and how it is fed; it is put on a GPU where there is one.
        size: side of the pictures in pixels.
        projector: rows to rows, None for those of the backbone.
        statistics: 'own', or 'clean': measured on the pictures that `measure` is given.

    Raises:
        ValueError: the size is less than 32 pixels.
    """

    def __init__(self, network: Network, size: int, projector: nn.Module | None = None,
                 statistics: str = 'own') -> None:
        if size < 32:
            raise ValueError(f'--size must be 32 pixels or more, got {size}')
        self.network, self.size, self.projector = network, size, projector
        self.statistics = statistics if has_norm_statistics(network.backbone) else 'none'
        self.digest, self.digest_of_backbone = _digest(network, projector), _digest(network, None)
        self._device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
        for module in (network.backbone, projector):
            if module is not None:
                module.eval()  # the host's backbones return nothing here
                module.to(self._device)
        self._normalise = recorded_normaliser(network.preprocessor)

    def parameters(self) -> dict[str, str | int]:
        """What the rows depend on, as JSON's types."""
        return {'network': self.digest, 'size': self.size, 'statistics': self.statistics}

    def measure(self, paths: Sequence[Path],
                listen: Callable[[int], None] = lambda measured: None) -> list[str]:
        """Take the statistics that were asked for, of some of these images.

        Returns:
            Why images were left out, a sentence each.
        """
        if self.statistics != 'clean':
            return []
        return use_clean_statistics(
            self.network.backbone, lambda images: self._normalise(images.to(self._device)),
            [paths[i] for i in evenly(len(paths), STATISTICS)], self.size,
            self.network.sixteen_bit, listen)

    @torch.inference_mode()
    def __call__(self, pictures: UInt8[Tensor, 'b 3 s s']) -> Float32[Tensor, 'b c']:
        """Rows of length one, of pictures in BGR.

        Raises:
            ValueError: the network returns numbers that are not finite.
        """
        maps = self.network.backbone(self._normalise(pictures.to(self._device)))
        rows = whole_and_map((maps if isinstance(maps, tuple | list) else (maps,))[-1])[0]
        rows = rows if self.projector is None else self.projector(rows)
        if not rows.isfinite().all():
            raise ValueError('the network returns numbers that are not finite: it is broken, give '
                             'another checkpoint')
        return unit(rows).cpu()

    @cached_property
    def channels(self) -> int:
        """Of a row."""
        return self(torch.zeros(1, 3, self.size, self.size, dtype=torch.uint8)).shape[1]


def _digest(network: Network, projector: nn.Module | None) -> str:
    """Of all tensors, and of what says how they are used."""
    told: tuple[Mapping[str, object], ...] = network.architecture, network.preprocessor
    words = [network.sixteen_bit, *(repr(sorted(each.items())) for each in told),
             *(fingerprint(module.state_dict()) for module in (network.backbone, projector)
               if module is not None)]
    return hashlib.sha256('\n'.join(words).encode()).hexdigest()[:24]
