"""Features of patches, pooled from one feature map of the whole view (eq. 5, 6, 8).

A map of any resolution is divided like the view: a cell is `side / grid` positions, a patch
`span` cells, the stride one cell. The coarsest map is averaged, finer ones are max-pooled.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

Mode = Literal['average', 'max']
_POOL: dict[Mode, Callable[..., Tensor]] = {'average': F.avg_pool2d, 'max': F.max_pool2d}


def pool_view(features: Float[Tensor, 'b c h w'], mode: Mode) -> Float[Tensor, 'b c']:
    """One vector a view: I_gc is the average of the coarsest map, I_gf the maximum of a fine."""
    if mode == 'average':
        return features.mean((2, 3))
    # The maximum of amax, but its gradient reads no map: it goes to where the maximum was found.
    return F.max_pool2d(features, features.shape[2:]).flatten(1)


def whole_and_map(features: Float[Tensor, 'b c h w'] | Float[Tensor, 'b n c'],
                  ) -> tuple[Float[Tensor, 'b c'], Float[Tensor, 'b c h w']]:
    """A vector of the whole view, and its map.

    Args:
        features: a convolutional map, whose average is the vector; or a transformer's tokens, of
            which the first is the class token and the others are the map in raster order.

    Raises:
        ValueError: one vector an image, or tokens that make no square map.
    """
    if features.ndim == 4:
        return pool_view(features, 'average'), features
    if features.ndim != 3:
        raise ValueError(f'features of {tuple(features.shape)} have no map: let the backbone '
                         "return maps or all its tokens (out_type='raw')")
    side = math.isqrt(features.shape[1] - 1)
    if side * side != features.shape[1] - 1 or not side:
        raise ValueError(f'{features.shape[1]} tokens are no class token and a square map: let the '
                         "backbone return all its tokens (out_type='raw') and give it square views")
    return features[:, 0], features[:, 1:].transpose(1, 2).unflatten(2, (side, side))


def pool_patches(features: Float[Tensor, 'b c h w'], index: Int64[Tensor, 'b k'], mode: Mode, *,
                 grid: int, span: int) -> Float[Tensor, 'b k c']:
    """One vector for each chosen patch: I_pc (eq. 5-6) and I_pf.

    Args:
        features: map of the view that the patches lie in.
        index: raster numbers of the patches, see `oadp_mm.ops.patches`.
        mode: `'average'` for the coarsest map, `'max'` for finer ones.
        grid: cells per side of the view.
        span: cells per side of a patch.

    Raises:
        ValueError: the map's sides are not multiples of `grid`.
    """
    height, width = features.shape[2:]
    if height % grid or width % grid:
        raise ValueError(f'a feature map of {height}x{width} does not divide into a {grid}x{grid} '
                         'grid; choose a view size and grid that agree with the backbone\'s stride '
                         '(view side = grid * stride of its last layer)')
    cell = (height // grid, width // grid)
    # Cells first: the windows of neighbouring patches share them.
    # Adaptive, the same numbers on a CPU in less time; elsewhere torch cannot promise their order.
    cells = (F.adaptive_max_pool2d(features, grid) if mode == 'max' and features.is_cpu
             else _POOL[mode](features, cell))
    pooled = _POOL[mode](cells, span, 1).flatten(2)
    chosen = index[:, None].expand(-1, pooled.shape[1], -1)
    return pooled.gather(2, chosen).transpose(1, 2)
