"""How much of a map lies on objects."""
from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from oadp_mm.ops.cell_shares import cell_shares


def energy_inside(heat: Float[Tensor, 'rows columns'], corners: Float[Tensor, 'n 4'],
                  size: tuple[int, int]) -> tuple[float, float]:
    """Share of a map's energy in the boxes of an image, and the share that chance gives.

    The energy is the sum of the cells, what is below 0 as 0 ("energy-based pointing game", Wang et
    al., Score-CAM, CVPR Workshops 2020). A cell that boxes cover in part gives that part. A map
    that is the same everywhere has as much inside as the area that the boxes cover, which is what
    chance gives.

    Args:
        heat: whose cells divide the image.
        corners: (x1, y1, x2, y2) in pixels of the image; where boxes overlap counts once.
        size: (height, width) of the image.

    Returns:
        Both shares, 0 to 1; the first is not a number where the map has no energy.
    """
    covered = torch.zeros(size, dtype=torch.long)
    for x1, y1, x2, y2 in corners.clamp_min(0).round().long().tolist():
        covered[y1:y2, x1:x2] = 1
    share = cell_shares(covered, (heat.shape[0], heat.shape[1]), classes=2)[0][1].double()
    energy = heat.double().clamp_min(0)
    return float((energy * share).sum() / energy.sum()), float(share.mean())
