"""The direction in which the cells of one image vary most from nothing, and how far each goes."""
from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

#: Cells that differ from their mean by no more than this share of the longest are all the same.
CONSTANT = 1e-3


def principal_map(maps: Float[Tensor, 'b c h w']) -> Float[Tensor, 'b h w']:
    """Each cell's feature along the first principal direction of its image's cells.

    The cells are not centred (Eigen-CAM, Muhammad and Yeasin, IJCNN 2020). The direction is one of
    each image alone, so values of two images do not compare. Its sign is the one with which cells
    of large features come out above 0.

    Args:
        maps: features of images.
    """
    cells = maps.flatten(2).mT.double()
    directions = torch.linalg.svd(cells, full_matrices=False).Vh[:, 0]
    along = (cells @ directions[..., None]).squeeze(-1)
    sign = torch.where((along * cells.norm(dim=-1)).sum(-1, keepdim=True) < 0, -1., 1.)
    return (along * sign).unflatten(1, maps.shape[2:]).to(maps.dtype)


def is_constant(maps: Float[Tensor, 'b c h w']) -> Bool[Tensor, ' b']:
    """Which images have the same feature everywhere, but for rounding: they point nowhere.

    Args:
        maps: features of images.
    """
    cells = maps.flatten(2)
    apart = (cells - cells.mean(2, keepdim=True)).norm(dim=1).amax(1)
    return apart <= CONSTANT * cells.norm(dim=1).amax(1)
