from __future__ import annotations

import pytest
import torch

from oadp_mm.ops.patches import check_gray, cut_patches, patches_per_side


@pytest.mark.parametrize(('grid', 'span'), [(7, 1), (7, 2), (4, 3), (2, 1)])
def test_a_patch_slides_by_one_cell(grid, span):
    starts = [start for start in range(grid) if start + span <= grid]
    assert patches_per_side(grid, span) == len(starts)


@pytest.mark.parametrize(('grid', 'span'), [(7, 1), (7, 2), (4, 3)])
def test_patches_are_the_pixels_of_their_cells(grid, span):
    """Every patch of two images whose cells are 3 x 2 pixels, by slices."""
    cell_h, cell_w, side = 3, 2, patches_per_side(grid, span)
    gray = torch.randint(0, 256, (2, grid * cell_h, grid * cell_w), dtype=torch.uint8)
    index = torch.stack([torch.randperm(side * side) for _ in range(2)])
    patches = cut_patches(gray, index, grid=grid, span=span)
    for image, numbers in enumerate(index):
        for place, number in enumerate(numbers.tolist()):
            row, column = number // side, number % side
            expected = gray[image, cell_h * row:cell_h * (row + span),
                            cell_w * column:cell_w * (column + span)]
            assert torch.equal(patches[image, place], expected)


def test_cells_are_what_the_grid_leaves():
    assert check_gray(torch.zeros(2, 21, 14, dtype=torch.uint8), 7) == (3, 2)
