"""Losses between online predictions and target projections, computed in float32."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def cosine_distance(q: Float[Tensor, 'n d'], z: Float[Tensor, 'n d'],
                    weight: Float[Tensor, ' n'] | None = None) -> Float[Tensor, '']:
    """Mean over rows of `2 - 2 cos(q, z)`, the squared distance of unit vectors (eq. 7, 10, 12).

    Between 0 (same direction) and 4 (opposite); a zero row counts as orthogonal to everything.

    Args:
        q: predictions.
        z: projections.
        weight: see `mean`.
    """
    q, z = (F.normalize(at_least_float32(rows), dim=1) for rows in (q, z))
    return mean(2 - 2 * (q * z).sum(1), weight)


def squared_error(q: Float[Tensor, 'n d'], z: Float[Tensor, 'n d'],
                  weight: Float[Tensor, ' n'] | None = None) -> Float[Tensor, '']:
    """Mean over rows and dimensions of `(q - z)**2`: the MSE of Table XII.

    Args:
        q: predictions.
        z: projections.
        weight: see `mean`.
    """
    return mean((at_least_float32(q) - at_least_float32(z)).square().mean(1), weight)


def mean(losses: Float[Tensor, ' n'], weight: Float[Tensor, ' n'] | None = None,
         ) -> Float[Tensor, '']:
    """Mean of the rows' losses, or their sum with a factor a row.

    Args:
        losses: of the rows, all finite: those of padding, too.
        weight: at least 0; that of padding is 0, and of k boxes an image in a batch of b 1 / (b k).

    Raises:
        ValueError: there is not one weight a row.
    """
    if weight is None:
        return losses.mean()
    if weight.shape != losses.shape:
        raise ValueError(f'weight needs one number for each of {len(losses)} rows, got shape '
                         f'{tuple(weight.shape)}')
    return (weight.to(losses) * losses).sum()


def at_least_float32(x: Float[Tensor, '*shape']) -> Float[Tensor, '*shape']:
    """`x` in float32, or as it is if wider; losses of half-precision rows would lose their tail.
    """
    return x.to(torch.promote_types(x.dtype, torch.float32))
