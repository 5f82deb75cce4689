"""Where OADP looks: prominent patches of both views and who matches whom (III-A)."""
from __future__ import annotations

import math
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

from oadp_mm.models.selectors.layout import SIZE, Layout, pool_size, view_layout
from oadp_mm.ops.matching import match_features, match_patches
from oadp_mm.ops.objectness import GAMMA, patch_scores, select_pool
from oadp_mm.ops.overlap import match_overlaps
from oadp_mm.ops.pooling import pool_patches
from oadp_mm.registry import MODELS

Matching = Literal['mutual_information', 'cosine', 'random', 'overlap']


class PatchPairs(NamedTuple):
    """Row i pairs patch `small[:, i]` of the first view with `large[:, i]` of the second.

    Both are (b, k) raster numbers on their own view's grid of `grid` cells a side; several rows
    may share a large patch.
    """

    small: Tensor
    large: Tensor
    grid: int


@MODELS.register_module()
class PatchSelector(nn.Module):
    """Pools of the `k` most prominent small and large patches, matched one way.

    Args:
        grid: cells per side of a view, the side of the backbone's last map (N, III-A); None: one
            every `stride` pixels, 7 in a view of 224.
        small_span: cells per side of a patch of the first view (Sca_s).
        large_span: cells per side of a patch of the second view (Sca_l).
        k: patches in each pool, below `(grid + 1 - span)**2` of both spans; None: two thirds of
            the large ones, 24 of 36 in a view of 224.
        gamma: weight of the LC saliency in eq. 2, in bits per gray level.
        matching: `'mutual_information'` of gray levels (eq. 3-4), `'cosine'` of features of the
            last map (Table XI), `'random'`: each small patch sees any large one of the pool,
            the control that tells what matching is worth (O-31), or `'overlap'`: that which shows
            the same part of the image, as dense methods pair (O-33).
        num_bins: gray-level bins of the mutual information; 256 is the paper's (O-12).
        stride: of the backbone's last map, in pixels.

    Raises:
        ValueError: a parameter out of the ranges above.
    """

    def __init__(self, grid: int | None = None, small_span: int = 1, large_span: int = 2,
                 k: int | None = None, gamma: float = GAMMA,
                 matching: Matching = 'mutual_information', num_bins: int = 256,
                 stride: int = 32) -> None:
        super().__init__()
        counts = dict(grid=grid, small_span=small_span, large_span=large_span, k=k,
                      num_bins=num_bins, stride=stride)
        for name, value in counts.items():
            if value is None and name in ('grid', 'k'):
                continue  # it follows from the views
            if type(value) is not int:
                raise ValueError(f'{name} must be an integer, got {value!r}')
            if value < 1:
                raise ValueError(f'{name} must be at least 1, got {name}={value}')
        if small_span > large_span:
            raise ValueError('small patches are enlarged to the size of large ones, got '
                             f'small_span={small_span} above large_span={large_span}')
        if grid is not None:
            pool_size(grid, k, large_span)  # of large patches there are fewer
        if not (math.isfinite(gamma) and gamma >= 0):
            raise ValueError(f'gamma must be a finite weight of at least 0, got {gamma}')
        if matching not in get_args(Matching):
            raise ValueError(f'matching must be one of {get_args(Matching)}, got {matching!r}')
        if not 2 <= num_bins <= 256:
            raise ValueError(f'num_bins must lie in 2..256, got {num_bins}')
        self.grid, self.spans, self.k, self.gamma = grid, (small_span, large_span), k, gamma
        self.matching, self.num_bins, self.stride = matching, num_bins, stride

    def layout(self, height: int, width: int) -> Layout:
        """Grid and k of views of this size in pixels.

        Raises:
            ValueError: they have none; the message names a size, grid and k that go together.
        """
        return view_layout(height, width, grid=self.grid, k=self.k, span=self.spans[1],
                           stride=self.stride)

    def scores(self, gray: Tensor, span: int) -> Tensor:
        """Objectness (b, patches) of all patches of one view, in raster order."""
        return patch_scores(gray, grid=self.layout(*gray.shape[-2:]).grid, span=span,
                            gamma=self.gamma)

    def pool(self, gray: Tensor, span: int) -> Tensor:
        """Raster numbers (b, k) of the pool of one view, best first."""
        return select_pool(self.scores(gray, span), self.layout(*gray.shape[-2:]).k)

    @torch.compiler.disable  # nothing to gain: integers, and on the CPU a compiled loop
    def forward(self, gray: list[Tensor],
                maps: tuple[Tensor, Tensor] | None = None,
                windows: Tensor | None = None) -> PatchPairs:
        """Choose and match patches; no gradient.

        Args:
            gray: uint8 gray levels (b, h, w) of the first and second view.
            maps: last feature maps (b, c, N, N) of the first view by the online network and of
                the second by the target; only `matching='cosine'` compares them (O-20).
            windows: where both views lie, (b, 2, 5) as `match_overlaps` takes them; only
                `matching='overlap'` asks.

        Raises:
            TypeError, ValueError: the gray levels are not uint8 views of one layout that fits the
                maps, or what is matched by is missing.
        """
        grid = self._common_grid(gray, maps)
        small, large = (self.pool(view, span)
                        for view, span in zip(gray, self.spans, strict=True))
        if self.matching == 'mutual_information':
            match = match_patches(gray[0], gray[1], small, large, grid=grid,
                                  small_span=self.spans[0], large_span=self.spans[1],
                                  bins=self.num_bins)
        elif self.matching == 'random':
            match = torch.randint(large.shape[1], small.shape, device=large.device)
        elif self.matching == 'overlap':
            if windows is None:
                raise ValueError("matching='overlap' asks where views lie: pass their windows, "
                                 'which data_preprocessor.windows=True makes')
            match = match_overlaps(windows, small, large, grid=grid, small_span=self.spans[0],
                                   large_span=self.spans[1])
        elif maps is None:
            raise ValueError("matching='cosine' compares features: pass the maps of both views")
        else:
            rows = (pool_patches(features.detach(), index, 'average', grid=grid, span=span)
                    for features, index, span in zip(maps, (small, large), self.spans,
                                                     strict=True))
            match = match_features(*rows)
        return PatchPairs(small, large.gather(1, match), grid)

    def _common_grid(self, gray: list[Tensor], maps: tuple[Tensor, Tensor] | None) -> int:
        sizes = [tuple(view.shape[-2:]) for view in gray]
        grids = [self.layout(*size).grid for size in sizes]
        if len(set(grids)) > 1:
            raise ValueError(f'views of {sizes} pixels are cut into grids of {grids} cells a side, '
                             'but patches of both are matched: give them one size')
        grid = grids[0]
        for height, width in [tuple(features.shape[2:]) for features in maps or ()]:
            if height % grid or width % grid:
                advice = ('set model.selector.stride to that of the backbone' if self.grid is None
                          else 'type --cfg-options model.selector.grid=None model.selector.k=None, '
                          f'which follow the views then, or {SIZE}={grid * self.stride}')
                raise ValueError(f'a last map of {height}x{width} does not divide into {grid}x'
                                 f'{grid}, the grid of views of {sizes} pixels: {advice}')
        return grid
