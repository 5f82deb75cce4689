"""Foreground and background of a feature map, and the loss that keeps them apart (SCD, 4.2)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from oadp_mm.ops.losses import at_least_float32

#: Keeps an average defined where the map calls nothing foreground, or everything.
_EPSILON = 1e-6


def pool_saliency(features: Float[Tensor, 'b c h w'], saliency: Float[Tensor, 'b h w'],
                  ) -> tuple[Float[Tensor, 'b c'], Float[Tensor, 'b c']]:
    """Averages of a map weighted by the saliency and by one minus it (eq. 4).

    Args:
        features: F.
        saliency: M_fg, the probability of each position to be foreground, 0..1.

    Returns:
        h_fg and h_bg, in float32 at least.
    """
    features, saliency = at_least_float32(features), at_least_float32(saliency)
    with torch.autocast(features.device.type, enabled=False):
        foreground, background = (
            torch.einsum('bchw,bhw->bc', features, weight)
            / (weight.sum((1, 2)) + _EPSILON)[:, None]
            for weight in (saliency, 1 - saliency))
    return foreground, background


def semantic_discrimination(
    online: tuple[Float[Tensor, 'b d'], Float[Tensor, 'b d']],
    target: tuple[Float[Tensor, 'b d'], Float[Tensor, 'b d']], *, margin: float = 1.0,
    foreground: bool = True, background: bool = True,
) -> Float[Tensor, '']:
    """Mean over images of two triplet terms on cosines (eq. 5).

    `1/2 max(cos(fg1, bg2) - cos(fg1, fg2) + margin, 0)
    + 1/2 max(cos(bg1, fg2) - cos(bg1, bg2), 0)`: the margin is the foreground's alone.

    Args:
        online: embeddings of foreground and background in the first view.
        target: those of the second view.
        margin: alpha.
        foreground: include the first term (Table 3).
        background: include the second term.
    """
    (fg1, bg1), (fg2, bg2) = (
        tuple(F.normalize(at_least_float32(rows), dim=1) for rows in pair)
        for pair in (online, target))
    first = ((fg1 * bg2).sum(1) - (fg1 * fg2).sum(1) + margin).relu()
    second = ((bg1 * fg2).sum(1) - (bg1 * bg2).sum(1)).relu()
    return 0.5 * (foreground * first + background * second).mean()
