"""Region swapping and mask pooling (RegionCL, section 3.1).

Regions are rectangles of whole cells; a cell is the square of pixels that one position of the last
feature map stands for, so that a region's features can be read off the map.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Generator, Tensor

from oadp_mm.ops.losses import at_least_float32


@dataclass(frozen=True)
class Region:
    """A rectangle of cells (or pixels): `top`, `left` and its size `height` x `width`."""

    top: int
    left: int
    height: int
    width: int

    def mask(self, grid: tuple[int, int], device: torch.device | str = 'cpu',
             ) -> Bool[Tensor, 'gh gw']:
        """True inside, on a grid of (rows, columns) cells."""
        rows = torch.arange(grid[0], device=device) - self.top
        columns = torch.arange(grid[1], device=device) - self.left
        return (((rows >= 0) & (rows < self.height))[:, None]
                & ((columns >= 0) & (columns < self.width)))

    def scaled(self, by: int) -> Region:
        """The same rectangle where each cell is `by` x `by` smaller ones, or pixels."""
        return Region(self.top * by, self.left * by, self.height * by, self.width * by)


@torch.compiler.disable  # a number of the host's: a graph would be made for each
def random_region(grid: tuple[int, int], bounds: tuple[int, int],
                  generator: Generator | None = None) -> Region:
    """Draw height and width uniformly from `bounds`, then a place uniformly among those it fits.

    A region that fills the grid would leave no canvas, so it is drawn again.

    Args:
        grid: rows and columns of cells.
        bounds: least and greatest side of a region in cells, both included (C_L, C_U).
        generator: of the numbers; torch's global one if None.

    Raises:
        ValueError: bounds that are not `1 <= low <= high`, exceed the grid, or allow nothing but
            the whole grid.
    """
    low, high = check_bounds(bounds)
    if high > min(grid) or (low, low) == grid:
        fitting = f'set region=(1, {min(grid) - 1}) or enlarge' if min(grid) > 1 else 'enlarge'
        raise ValueError(f'regions of {low}..{high} cells a side do not lie inside a map of '
                         f'{grid[0]}x{grid[1]} cells with a canvas around them: {fitting} the '
                         'views')
    while True:
        height, width = torch.randint(low, high + 1, (2,), generator=generator).tolist()
        if (height, width) != grid:
            break
    top, left = (int(torch.randint(cells - side + 1, (), generator=generator))
                 for cells, side in zip(grid, (height, width), strict=True))
    return Region(top, left, height, width)


def check_bounds(bounds: Sequence[int]) -> tuple[int, int]:
    """The two bounds.

    Raises:
        ValueError: bounds that are not two integers `1 <= low <= high`.
    """
    if (not isinstance(bounds, Sequence) or len(bounds) != 2
            or not all(isinstance(bound, int) for bound in bounds)
            or not 1 <= bounds[0] <= bounds[1]):
        raise ValueError('region must be the least and greatest side in cells, two integers with '
                         f'1 <= low <= high, got {bounds}')
    return bounds[0], bounds[1]


@torch.compiler.disable
def random_derangement(count: int, generator: Generator | None = None,
                       device: torch.device | str = 'cpu') -> Int64[Tensor, ' n']:
    """A cyclic shift by a random offset: for each image another one, none left to itself.

    Raises:
        ValueError: fewer than two images.
    """
    if count < 2:
        raise ValueError(f'swapping regions needs at least 2 images a process, got {count}: '
                         'add images, or --cfg-options train_dataloader.batch_size=2 or more')
    offset = int(torch.randint(1, count, (), generator=generator))
    # Made where it is used: a GPU's host would wait for its copy.
    return (torch.arange(count, device=device) + offset) % count


def swap_regions(images: Float[Tensor, 'b c h w'], mask: Bool[Tensor, 'gh gw'],
                 source: Int64[Tensor, ' b']) -> Float[Tensor, 'b c h w']:
    """Images that keep their canvas and show the region of image `source[i]` at the same place.

    Args:
        images: a batch of views.
        mask: cells of the region, or its pixels; the views' sides are multiples of the mask's.
        source: for each image the one its region is taken from.
    """
    return torch.where(_enlarged(mask, images), images[source], images)


def erase_region(images: Float[Tensor, 'b c h w'],
                 mask: Bool[Tensor, 'gh gw']) -> Float[Tensor, 'b c h w']:
    """The canvas alone: zeros in the region (A.4)."""
    return images.masked_fill(_enlarged(mask, images), 0)


def crop_region(images: Float[Tensor, 'b c h w'],
                region: Region) -> Float[Tensor, 'b c rh rw']:
    """The images within a rectangle of pixels (A.4)."""
    return images[:, :, region.top:region.top + region.height,
                  region.left:region.left + region.width]


def pool_regions(features: Float[Tensor, 'b c h w'], mask: Bool[Tensor, 'gh gw'],
                 ) -> tuple[Float[Tensor, 'b c'], Float[Tensor, 'b c']]:
    """Mask pooling: the averages of a map inside the region (paste) and outside it (canvas).

    In float32 at least, for the canvas is a difference.
    """
    features = at_least_float32(features)
    inside = _enlarged(mask, features).to(features.dtype)
    total = features.sum((2, 3))
    paste = (features * inside).sum((2, 3))
    return paste / inside.sum(), (total - paste) / (1 - inside).sum()


def _enlarged(mask: Tensor, maps: Tensor) -> Tensor:
    """The mask at the resolution of images or of a map that divides the views more finely."""
    height, width = maps.shape[2:]
    rows, columns = mask.shape
    if height % rows or width % columns:
        raise ValueError(f'{height}x{width} does not divide into {rows}x{columns} cells: choose '
                         'views whose side is a multiple of `stride`, and a stride that is a '
                         "multiple of the last layer's")
    return mask.repeat_interleave(height // rows, 0).repeat_interleave(width // columns, 1)
