"""Losses between online predictions and target projections, computed in float32."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def cosine_distance(q: Float[Tensor, 'n d'], z: Float[Tensor, 'n d']) -> Float[Tensor, '']:
    """Mean over rows of ``2 - 2 cos(q, z)``, the squared distance of unit vectors (eq. 7, 10, 12).

    Between 0 (same direction) and 4 (opposite); a zero row counts as orthogonal to everything.
    """
    q, z = (F.normalize(at_least_float32(rows), dim=1) for rows in (q, z))
    return 2 - 2 * (q * z).sum(1).mean()


def squared_error(q: Float[Tensor, 'n d'], z: Float[Tensor, 'n d']) -> Float[Tensor, '']:
    """Mean over rows and dimensions of ``(q - z)**2``: the MSE of Table XII."""
    return F.mse_loss(at_least_float32(q), at_least_float32(z))


def at_least_float32(x: Float[Tensor, '*shape']) -> Float[Tensor, '*shape']:
    """``x`` in float32, or as it is if wider; losses of half-precision rows would lose their tail.
    """
    return x.to(torch.promote_types(x.dtype, torch.float32))
