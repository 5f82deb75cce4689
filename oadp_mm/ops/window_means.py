"""Means of a map in a few windows that overlap: more of an image than one mean, less than a map."""
from __future__ import annotations

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def window_means(maps: Float[Tensor, 'b c h w'], windows: int) -> Float[Tensor, 'b c n n']:
    """Means in n x n windows, each a cell from the next, which together cover the map.

    What Goyal et al. 2019 classify the last map of a ResNet-50 by: 2 x 2 windows of 6 x 6 cells, of
    a map of 7 x 7. One window is the mean of all cells.

    Args:
        maps: features of images.
        windows: a side, n.

    Raises:
        ValueError: there is no window, or the maps have fewer cells a side than that.
    """
    height, width = maps.shape[2:]
    if not 1 <= windows <= min(height, width):
        raise ValueError(f'a map of {height} x {width} cells has no {windows} x {windows} windows: '
                         f'give from 1 to {min(height, width)}')
    return F.avg_pool2d(maps, (height + 1 - windows, width + 1 - windows), stride=1)
