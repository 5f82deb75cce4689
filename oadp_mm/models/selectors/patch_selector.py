"""Where OADP looks: prominent patches of both views and who matches whom (III-A)."""
from __future__ import annotations

import math
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from oadp_mm.ops.matching import match_features, match_patches
from oadp_mm.ops.objectness import GAMMA, patch_scores, select_pool
from oadp_mm.ops.patches import patches_per_side
from oadp_mm.ops.pooling import pool_patches
from oadp_mm.registry import MODELS


class PatchPairs(NamedTuple):
    """Row i pairs patch `small[:, i]` of the first view with `large[:, i]` of the second.

    Both are (b, k) raster numbers on their own view's grid; several rows may share a large patch.
    """

    small: Tensor
    large: Tensor


@MODELS.register_module()
class PatchSelector(nn.Module):
    """Pools of the `k` most prominent small and large patches, matched one way.

    Args:
        grid: cells per side of a view, the side of the backbone's last map (N, III-A).
        small_span: cells per side of a patch of the first view (Sca_s).
        large_span: cells per side of a patch of the second view (Sca_l).
        k: patches in each pool, below `(grid + 1 - span)**2` of both spans.
        gamma: weight of the LC saliency in eq. 2, in bits per gray level.
        matching: `'mutual_information'` of gray levels (eq. 3-4) or `'cosine'` of features
            of the last map (Table XI).
        num_bins: gray-level bins of the mutual information; 256 is the paper's (O-12).

    Raises:
        ValueError: a parameter out of the ranges above.
    """

    def __init__(self, grid: int = 7, small_span: int = 1, large_span: int = 2, k: int = 24,
                 gamma: float = GAMMA,
                 matching: Literal['mutual_information', 'cosine'] = 'mutual_information',
                 num_bins: int = 256) -> None:
        super().__init__()
        counts = dict(grid=grid, small_span=small_span, large_span=large_span, k=k,
                      num_bins=num_bins)
        for name, value in counts.items():
            if type(value) is not int:
                raise ValueError(f'{name} must be an integer, got {value!r}')
        if small_span > large_span:
            raise ValueError('small patches are enlarged to the size of large ones, got '
                             f'small_span={small_span} above large_span={large_span}')
        for span in (small_span, large_span):
            candidates = patches_per_side(grid, span)**2
            if not 1 <= k < candidates:
                raise ValueError(f'a pool must be a choice: k={k} is not in 1..{candidates - 1} '
                                 f'for patches of {span} cells on a {grid}x{grid} grid')
        if not (math.isfinite(gamma) and gamma >= 0):
            raise ValueError(f'gamma must be a finite weight of at least 0, got {gamma}')
        if matching not in ('mutual_information', 'cosine'):
            raise ValueError("matching must be 'mutual_information' or 'cosine', "
                             f'got {matching!r}')
        if not 2 <= num_bins <= 256:
            raise ValueError(f'num_bins must lie in 2..256, got {num_bins}')
        self.grid, self.spans, self.k, self.gamma = grid, (small_span, large_span), k, gamma
        self.matching, self.num_bins = matching, num_bins

    def scores(self, gray: Tensor, span: int) -> Tensor:
        """Objectness (b, patches) of all patches of one view, in raster order."""
        return patch_scores(gray, grid=self.grid, span=span, gamma=self.gamma)

    def pool(self, gray: Tensor, span: int) -> Tensor:
        """Raster numbers (b, k) of the pool of one view, best first."""
        return select_pool(self.scores(gray, span), self.k)

    @torch.compiler.disable  # nothing to gain: integers, and on the CPU a compiled loop
    def forward(self, gray: list[Tensor],
                maps: tuple[Tensor, Tensor] | None = None) -> PatchPairs:
        """Choose and match patches; no gradient.

        Args:
            gray: uint8 gray levels (b, h, w) of the first and second view.
            maps: last feature maps (b, c, N, N) of the first view by the online network and of
                the second by the target; only `matching='cosine'` looks at them (O-20).

        Raises:
            TypeError, ValueError: the gray levels are not uint8 views that the grid divides, or
                `matching='cosine'` got no maps.
        """
        small, large = (self.pool(view, span)
                        for view, span in zip(gray, self.spans, strict=True))
        if self.matching == 'mutual_information':
            match = match_patches(gray[0], gray[1], small, large, grid=self.grid,
                                  small_span=self.spans[0], large_span=self.spans[1],
                                  bins=self.num_bins)
        elif maps is None:
            raise ValueError("matching='cosine' compares features: pass the maps of both views")
        else:
            rows = (pool_patches(features.detach(), index, 'average', grid=self.grid, span=span)
                    for features, index, span in zip(maps, (small, large), self.spans,
                                                     strict=True))
            match = match_features(*rows)
        return PatchPairs(small, large.gather(1, match))
