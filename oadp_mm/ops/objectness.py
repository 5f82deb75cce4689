"""Objectness of patches (eq. 2) and the pool of the most prominent ones (III-A)."""
from __future__ import annotations

import torch
from jaxtyping import Float64, Int64, Shaped
from torch import Tensor

from oadp_mm.ops.chunks import images_at_once
from oadp_mm.ops.histograms import LEVELS, cell_histograms, patch_histograms
from oadp_mm.ops.information import entropy
from oadp_mm.ops.patches import check_gray

#: Both terms of eq. 2 then span [0, 8] (docs/algorithms/oadp.md, O-8).
GAMMA = 8 / 255


@torch.no_grad()
def patch_scores(gray: Shaped[Tensor, 'b h w'], *, grid: int = 7, span: int = 1,
                 gamma: float = GAMMA) -> Float64[Tensor, 'b patches']:
    """Objectness `S_P = H_P + gamma * LC_P` of every patch of a view (eq. 2).

    `H_P` is the entropy of the patch's gray levels in bits, `LC_P` the mean over its pixels of
    `D(g) = sum_n f(n) |g - n|` with `f` the gray-level frequencies of the whole view. Both
    are ratios of exact integers, so equal patches have equal scores on every device.

    Args:
        gray: uint8 views whose sides are multiples of `grid`.
        grid: cells per side of the view.
        span: cells per side of a patch, `1 <= span < grid`.
        gamma: weight of the saliency, in bits per gray level.

    Returns:
        Scores in raster order, `(grid + 1 - span)**2` a view.

    Raises:
        TypeError: `gray` is not uint8.
        ValueError: `gray` is empty, not (b, h, w) or not divisible by `grid`; bad `span`.
    """
    check_gray(gray, grid)
    # A pixel is held as 9 bytes, an entry of the histograms about three times as many.
    images = images_at_once(gray[0].numel() + 3 * LEVELS * grid**2)
    return torch.cat([_scores(views, grid, span, gamma) for views in gray.split(images)])


def _scores(gray: Tensor, grid: int, span: int, gamma: float) -> Tensor:
    cells = cell_histograms(gray, grid)
    patches = patch_histograms(cells, span)
    level = torch.arange(LEVELS, device=gray.device, dtype=torch.float64)
    # Sums of integers below 2**53: float64 matrix products are exact, in any order.
    distance = (level[:, None] - level).abs()
    contrast = cells.sum((1, 2)).double() @ distance
    pixels = gray[0].numel() // grid**2 * span**2
    saliency = (patches.double() @ contrast[:, :, None])[..., 0] / (pixels * gray[0].numel())
    return entropy(patches, pixels) + gamma * saliency


@torch.no_grad()
def select_pool(scores: Float64[Tensor, 'b patches'], k: int) -> Int64[Tensor, 'b k']:
    """Raster numbers of the `k` patches of highest score, best first; ties: the earlier patch.

    The paper's scan with replacement of the pool's minimum ends with this set.

    Raises:
        ValueError: unless `1 <= k <= patches`.
    """
    if not 1 <= k <= scores.shape[1]:
        raise ValueError(f'a pool holds between 1 and {scores.shape[1]} patches '
                         f'(as many as there are), got k={k}')
    # topk is not stable across devices, a stable sort is.
    return scores.sort(dim=1, descending=True, stable=True).indices[:, :k]
