"""Losses between online predictions and target projections, computed in float32."""
from __future__ import annotations

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def cosine_distance(q: Float[Tensor, 'n d'], z: Float[Tensor, 'n d']) -> Float[Tensor, '']:
    """Mean over rows of ``2 - 2 cos(q, z)``, the squared distance of unit vectors (eq. 7, 10, 12).

    Between 0 (same direction) and 4 (opposite); a zero row counts as orthogonal to everything.
    """
    return 2 - 2 * (F.normalize(q.float(), dim=1) * F.normalize(z.float(), dim=1)).sum(1).mean()


def squared_error(q: Float[Tensor, 'n d'], z: Float[Tensor, 'n d']) -> Float[Tensor, '']:
    """Mean over rows and dimensions of ``(q - z)**2``: the MSE of Table XII."""
    return F.mse_loss(q.float(), z.float())
