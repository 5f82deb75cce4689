"""The reverse Huber loss of depth maps (Laina et al. 2016, eq. 2), of pixels that have a depth."""
from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from oadp_mm.ops.losses import at_least_float32


def reverse_huber(depths: Float[Tensor, '*shape'], truth: Float[Tensor, '*shape'],
                  valid: Bool[Tensor, '*shape'], share: float = 0.2) -> Float[Tensor, '']:
    """Mean over valid pixels of `|e|` where `|e| <= c`, else `(e**2 + c**2) / (2 c)`.

    `e` is a pixel's error and `c = share * max |e|` over the batch's valid pixels, a number
    without gradient. Small errors weigh as in L1, which L2 would let go, large ones as in L2.

    Args:
        depths: predictions, in metres.
        truth: likewise; may hold anything where it is not valid.
        valid: which pixels have a depth.
        share: in (0, 1].

    Returns:
        Metres, at least 0; 0 of a batch without a valid pixel, which says nothing of its depths.
    """
    error = (at_least_float32(depths) - truth).where(valid, 0).abs()
    bound = share * error.detach().max()
    # Where all is right the bound is 0, and no error above it: nothing may be divided by it.
    curved = (error.square() + bound.square()) / (2 * bound).clamp(min=1e-12)
    return torch.where(error <= bound, error, curved).sum() / valid.sum().clamp(min=1)
