"""Which large patch shows what a small one shows, by where both lie in the image (O-33)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Int64
from torch import Tensor

from oadp_mm.ops.patches import patches_per_side
from oadp_mm.ops.windows import Window


@torch.no_grad()
def match_overlaps(windows: Int64[Tensor, 'b 2 5'], small_index: Int64[Tensor, 'b k'],
                   large_index: Int64[Tensor, 'b m'], *, grid: int = 7, small_span: int = 1,
                   large_span: int = 2) -> Int64[Tensor, 'b k']:
    """Match by place: the large patch that covers most of the small one.

    Of several that cover as much, or where none covers any of it, that with the nearest centre;
    the first of equals. In integers, so that equal places are equal on every device.

    Args:
        windows: of the small and the large patches' views, in pixels of the image: top, left,
            height, width, and 1 if the view is flipped from left to right, else 0.
        small_index: raster numbers of the small patches.
        large_index: raster numbers of the large patches.
        grid: cells per side of both views.
        small_span: cells per side of a small patch.
        large_span: cells per side of a large patch.

    Returns:
        For each small patch the *position in* `large_index` of its match.
    """
    small, small_size = patch_corners(windows[:, 0], small_index, grid, small_span)
    large, large_size = patch_corners(windows[:, 1], large_index, grid, large_span)
    small, large = small[:, :, None], large[:, None]
    small_size, large_size = small_size[:, None, None], large_size[:, None, None]
    ends = torch.minimum(small + small_size, large + large_size)
    covered = (ends - torch.maximum(small, large)).clamp(min=0).prod(3)
    apart = ((2 * small + small_size) - (2 * large + large_size)).square().sum(3)
    farthest = torch.iinfo(apart.dtype).max
    return apart.where(covered == covered.amax(2, keepdim=True), farthest).argmin(2)


def places(windows: Sequence[Sequence[Window | None] | None]) -> Int64[Tensor, 'b v 5']:
    """The windows of each image's views as numbers, see `match_overlaps`.

    Raises:
        ValueError: a view has none.
    """
    known = [each for each in windows if each and all(each)]
    if len(known) < len(windows):
        raise ValueError("matching='overlap' asks where each view lies in its image, which a view "
                         'does not say: take a crop and changes of train_dataloader.dataset.views '
                         'that keep its window, without oadp_mm.RandAugment, such as those of '
                         'configs/_base_/views/mild.py')
    return torch.tensor([[(*window.rectangle, window.flipped) for window in each if window]
                         for each in known])


def patch_corners(window: Int64[Tensor, 'b 5'], index: Int64[Tensor, 'b n'], grid: int, span: int,
                  ) -> tuple[Int64[Tensor, 'b n 2'], Int64[Tensor, 'b 2']]:
    """First corners (y, x) of patches and their sides, all in grid-th parts of an image's pixel."""
    top, left, height, width, flipped = window[:, :, None].unbind(1)
    per_side = patches_per_side(grid, span)
    row, column = index // per_side, index % per_side
    column = column.where(flipped == 0, per_side - 1 - column)
    corners = torch.stack([grid * top + height * row, grid * left + width * column], 2)
    return corners, span * window[:, 2:4]
