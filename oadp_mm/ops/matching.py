"""Which large patch a small patch sees (III-A, eq. 3-4; Table XI)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, Shaped, UInt8
from torch import Tensor

from oadp_mm.ops.chunks import images_at_once
from oadp_mm.ops.information import mutual_information
from oadp_mm.ops.patches import check_gray, cut_patches


@torch.no_grad()
def match_patches(small_gray: Shaped[Tensor, 'b h w'], large_gray: Shaped[Tensor, 'b h w'],
                  small_index: Int64[Tensor, 'b k'], large_index: Int64[Tensor, 'b m'], *,
                  grid: int = 7, small_span: int = 1, large_span: int = 2,
                  bins: int = 256) -> Int64[Tensor, 'b k']:
    """Match by mutual information: the paper's rule.

    Small patches are enlarged bilinearly to the size of the large ones and rounded back to gray
    levels; the match is the large patch of highest mutual information, the first of equals.

    Args:
        small_gray: uint8 views the small patches come from.
        large_gray: uint8 views the large patches come from.
        small_index: raster numbers of the small patches.
        large_index: raster numbers of the large patches.
        grid: cells per side of both views.
        small_span: cells per side of a small patch.
        large_span: cells per side of a large patch.
        bins: gray-level bins of the joint histogram.

    Returns:
        For each small patch the *position in* `large_index` of its match.

    Raises:
        TypeError, ValueError: see `patch_scores` and `mutual_information`; ValueError too where
            batches differ or a pool is empty.
    """
    def match(small_gray: Tensor, large_gray: Tensor, small_index: Tensor,
              large_index: Tensor) -> Tensor:
        small = cut_patches(small_gray, small_index, grid=grid, span=small_span)
        large = cut_patches(large_gray, large_index, grid=grid, span=large_span)
        small = _enlarge(small, large.shape[-2:])
        return mutual_information(small.flatten(2), large.flatten(2), bins=bins).argmax(2)

    check_gray(small_gray, grid)
    cell_h, cell_w = check_gray(large_gray, grid)
    batches = (small_gray, large_gray, small_index, large_index)
    shapes = [tuple(batch.shape) for batch in batches]
    if (any(len(shape) != 2 or 0 in shape for shape in shapes[2:])
            or len({len(batch) for batch in batches}) > 1):
        raise ValueError('expected non-empty pools (b, k) and (b, m) of a batch of b views, '
                         f'got {shapes[2]} and {shapes[3]} for views {shapes[0]} and {shapes[1]}')
    images = images_at_once(small_index.shape[1] * cell_h * cell_w * large_span**2)
    return torch.cat([match(*parts) for parts in zip(
        *(batch.split(images) for batch in batches), strict=True)])


@torch.no_grad()
def match_features(small: Float[Tensor, 'b k c'],
                   large: Float[Tensor, 'b m c']) -> Int64[Tensor, 'b k']:
    """Match by cosine similarity of patch features, the alternative of Table XI.

    Computed in float32 in mixed precision too: rounded to half precision, near matches would tie.
    """
    small, large = (F.normalize(rows.float(), dim=2) for rows in (small, large))
    with torch.autocast(small.device.type, enabled=False):
        return (small @ large.transpose(1, 2)).argmax(2)


def _enlarge(patches: UInt8[Tensor, 'b k ph pw'],
             size: torch.Size) -> UInt8[Tensor, 'b k qh qw']:
    # Channels last, patches are enlarged side by side, in half the time.
    levels = patches.float().contiguous(memory_format=torch.channels_last)
    grown = F.interpolate(levels, size=tuple(size), mode='bilinear', align_corners=False)
    return grown.round_().to(torch.uint8, memory_format=torch.contiguous_format)
