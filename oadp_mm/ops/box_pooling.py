"""Features of boxes, read off a view's maps by RoIAlign (He et al. 2017; SoCo, section 3.3)."""
from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torchvision.ops import roi_align

from oadp_mm.ops.losses import at_least_float32


def pool_boxes(maps: Sequence[Float[Tensor, 'b c _ _']], boxes: Float[Tensor, 'b k 4'],
               view: tuple[int, int], size: int) -> list[Float[Tensor, 'n c size size']]:
    """Each box on each map, in float32 at least: rounded coordinates would move the samples.

    Args:
        maps: of a batch of views, from fine to coarse.
        boxes: (x1, y1, x2, y2), half-open, in pixels of the view.
        view: its height and width in pixels.
        size: bins a side; samples stand at most a position of the map apart.

    Returns:
        For each map the boxes' features, image by image (n = b k).

    Raises:
        ValueError: the finest map has fewer positions than there are bins.
    """
    if min(maps[0].shape[2:]) < size:
        raise ValueError(
            f'views of {view[0]}x{view[1]} pixels have a finest map of '
            f'{maps[0].shape[2]}x{maps[0].shape[3]}, which does not fill the {size}x{size} bins of '
            'RoIAlign: enlarge the views, or lower `model.roi_size`')
    pooled = []
    for features in maps:
        features = at_least_float32(features)
        # The map covers the view, whatever its stride rounds to. By numbers: a tensor of them
        # would have to be copied to the device each time.
        ends = [boxes[..., axis::2].to(features) * (features.shape[3 - axis] / view[1 - axis])
                for axis in (0, 1)]
        pooled.append(roi_align(features, list(torch.stack(ends, -1).flatten(-2)), size,
                                sampling_ratio=-1, aligned=True))
    return pooled


def at_level(levels: Sequence[Float[Tensor, ' n *shape']], level: Int64[Tensor, ' n'],
             ) -> Float[Tensor, ' n *shape']:
    """What each box has on its own level.

    A level that no box is on gets a gradient of zeros rather than none, which distributed training
    needs, and no shape depends on the boxes.

    Args:
        levels: of each level, all boxes.
        level: number of each box's; negative ones count from the last.
    """
    number = (level % len(levels)).reshape(-1, *[1] * (levels[0].ndim - 1))
    return reduce(torch.add, [each.where(number == index, 0) for index, each in enumerate(levels)])
