from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import torch
from scipy.stats import chi2
from torch import Generator, Tensor

from oadp_mm.ops.regions import (
    Region,
    check_bounds,
    crop_region,
    erase_region,
    pool_regions,
    random_derangement,
    random_region,
    swap_regions,
)
from tests.oracles import regions as oracle

#: Nothing is square or in the middle, so that swapped axes are noticed.
GRID, REGION, BOX = (3, 5), Region(1, 2, 2, 3), (1, 2, 2, 3)
#: A fair draw exceeds the bound once in a million seeds; a law that is off grows with the draws.
RARE = 1e-6


def maps(rows: int, columns: int) -> Tensor:
    return torch.randn(4, 3, GRID[0] * rows, GRID[1] * columns, dtype=torch.float64)


def deviation(counts: Counter, law: dict) -> float:
    """Pearson's statistic of the draws."""
    draws = sum(counts.values())
    assert set(counts) <= set(law)
    return sum((counts[each] - draws * float(p)) ** 2 / (draws * float(p))
               for each, p in law.items())


@pytest.mark.parametrize(('grid', 'bounds'), [
    ((4, 6), (2, 4)), ((6, 4), (2, 4)), ((3, 3), (2, 3)), ((2, 3), (1, 2)), ((7, 7), (5, 5))],
    ids=str)
def test_sizes_are_uniform_then_places_are(grid: tuple, bounds: tuple) -> None:
    law = oracle.probabilities(grid, bounds)
    assert sum(law.values()) == 1
    drawn = Counter()
    for _ in range(2000):
        region = random_region(grid, bounds)
        drawn[region.top, region.left, region.height, region.width] += 1
    assert deviation(drawn, law) < chi2.isf(RARE, len(law) - 1)


def test_the_papers_regions() -> None:
    """Table 9's default on a 7x7 map: 9 sizes, and a canvas of at least 24 cells."""
    seen = [random_region((7, 7), (3, 5)) for _ in range(300)]
    assert {(r.height, r.width) for r in seen} == {(h, w) for h in (3, 4, 5) for w in (3, 4, 5)}
    assert min((~r.mask((7, 7))).sum().item() for r in seen) == 49 - 25


@pytest.mark.parametrize('count', range(2, 8))
def test_no_image_is_left_to_itself(count: int) -> None:
    offsets = Counter()
    for _ in range(500):
        source = random_derangement(count)
        assert sorted(source.tolist()) == list(range(count))
        assert not (source == torch.arange(count)).any()
        offsets[int(source[0])] += 1
    law = dict.fromkeys(range(1, count), 1 / (count - 1))
    assert deviation(offsets, law) < chi2.isf(RARE, max(count - 2, 1))


def test_randomness_is_an_argument() -> None:
    state = torch.get_rng_state()
    draws = [(random_region((7, 7), (1, 5), g), random_derangement(50, g).tolist())
             for seed in (1, 1, 2) for g in [Generator().manual_seed(seed)]]
    assert draws[0] == draws[1] != draws[2]
    assert torch.equal(torch.get_rng_state(), state)


def test_the_mask_is_true_inside() -> None:
    assert REGION.mask(GRID).int().tolist() == [[0, 0, 0, 0, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 1]]


@pytest.mark.parametrize('cell', [(1, 1), (4, 2)])
def test_composites_and_parts_by_loops(cell: tuple[int, int]) -> None:
    """The order of the images is no involution: an inverse would be noticed."""
    images, source = maps(*cell), [1, 2, 3, 0]
    mask = REGION.mask(GRID)
    expected = oracle.composite(images.numpy(), GRID, BOX, source)
    np.testing.assert_array_equal(swap_regions(images, mask, torch.tensor(source)), expected)
    black = np.concatenate([images.numpy(), np.zeros_like(images[:1])])
    expected = oracle.composite(black, GRID, BOX, [4] * 5)[:4]
    np.testing.assert_array_equal(erase_region(images, mask), expected)
    crop = crop_region(images, Region(1 * cell[0], 2 * cell[1], 2 * cell[0], 3 * cell[1]))
    assert crop.shape == (4, 3, 2 * cell[0], 3 * cell[1])
    assert torch.equal(crop, images[:, :, 1 * cell[0]:3 * cell[0], 2 * cell[1]:5 * cell[1]])


@pytest.mark.parametrize('cell', [(1, 1), (2, 2), (4, 1)])
def test_mask_pooling_by_loops(cell: tuple[int, int]) -> None:
    """On a map with a position a cell, and on finer ones."""
    features = maps(*cell)
    ours = pool_regions(features, REGION.mask(GRID))
    expected = zip(*(oracle.pooled(one, GRID, BOX) for one in features.numpy()), strict=True)
    for part, rows in zip(ours, expected, strict=True):
        np.testing.assert_allclose(part, np.stack(rows), rtol=0, atol=1e-12)


def test_paste_and_canvas_are_the_whole_map() -> None:
    """Weighted by their 6 and 9 cells, the two averages recombine to the map's."""
    features = maps(2, 2)
    paste, canvas = pool_regions(features, REGION.mask(GRID))
    torch.testing.assert_close((6 * paste + 9 * canvas) / 15, features.mean((2, 3)),
                               rtol=0, atol=1e-12)


def test_pooling_moves_each_position_by_its_own_part() -> None:
    features = maps(1, 1).requires_grad_()
    paste, canvas = pool_regions(features, REGION.mask(GRID))
    inside = REGION.mask(GRID).double().expand_as(features)
    for part, expected in ((paste, inside / 6), (canvas, (1 - inside) / 9)):
        gradient, = torch.autograd.grad(part.sum(), features, retain_graph=True)
        torch.testing.assert_close(gradient, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(('grid', 'bounds'), [
    ((7, 7), (3, 8)), ((4, 7), (3, 5)), ((7, 4), (3, 5)), ((3, 3), (3, 3)), ((1, 1), (1, 1))],
    ids=str)
def test_regions_that_fit_in_no_map(grid: tuple, bounds: tuple) -> None:
    low, high = bounds
    with pytest.raises(ValueError, match=f'regions of {low}..{high} cells.*{grid[0]}x{grid[1]}'):
        random_region(grid, bounds)


@pytest.mark.parametrize('bounds', [(0, 3), (4, 3), (3,), (1, 2, 3), (1.0, 2.0), (-1, 2)], ids=str)
def test_bounds_that_are_none(bounds: tuple, unchecked: None) -> None:
    with pytest.raises(ValueError, match=f'low <= high, got {re.escape(str(bounds))}'):
        check_bounds(bounds)


@pytest.mark.parametrize('count', [0, 1])
def test_swapping_needs_two_images(count: int) -> None:
    with pytest.raises(ValueError, match=f'at least 2 images a process, got {count}'):
        random_derangement(count)


def test_maps_that_cells_do_not_divide() -> None:
    mask = REGION.mask(GRID)
    for side in ((3, 4), (4, 5)):
        with pytest.raises(ValueError, match=f'{side[0]}x{side[1]} does not divide into 3x5'):
            pool_regions(torch.zeros(2, 1, *side), mask)
        with pytest.raises(ValueError, match=f'{side[0]}x{side[1]} does not divide into 3x5'):
            swap_regions(torch.zeros(2, 1, *side), mask, torch.tensor([1, 0]))
