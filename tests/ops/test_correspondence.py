"""Cells found again in another view, against loops over pairs of cells."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.correspondence import found_again
from oadp_mm.ops.windows import Window
from tests.oracles import correspondence as oracle

WINDOWS = [Window(3, 5, 60, 90, (96, 112)), Window(10, 0, 80, 70, (96, 112), flipped=True)]
OTHERS = [Window(20, 30, 70, 50, (80, 64), flipped=True), Window(0, 20, 50, 60, (80, 64))]
WHOLE = Window(0, 0, 60, 80, (60, 80))


@pytest.mark.parametrize('alpha', [.5, .15, 1.2])
@pytest.mark.parametrize('measure', ['cell', 'view'])
def test_cells_by_loops(alpha: float, measure: str) -> None:
    """Maps of other grids, windows of other shapes, of which only a part is in common."""
    first, second = torch.randn(2, 4, 6, 7), torch.randn(2, 4, 5, 8)
    found = found_again(first, second, WINDOWS, OTHERS, alpha=alpha, measure=measure)
    hits, chance, cells = np.sum([
        oracle.found_again(one, two, window, other, alpha, measure)
        for one, two, window, other in zip(first.double().numpy(), second.double().numpy(),
                                           WINDOWS, OTHERS, strict=True)], axis=0)
    assert 0 < cells < 2 * 6 * 7 and found.cells == cells
    assert found.share == pytest.approx(hits / cells)
    assert found.chance == pytest.approx(chance / cells)


def seen(image: torch.Tensor, window: Window) -> torch.Tensor:
    """A map with a cell for each 10 x 10 pixels of the image, cut as the view is."""
    cells = image[:, window.top // 10:(window.top + window.height) // 10,
                  window.left // 10:(window.left + window.width) // 10]
    return (cells.flip(2) if window.flipped else cells)[None]


@pytest.mark.parametrize('flipped', [False, True])
def test_features_that_name_their_place_find_all(flipped: bool) -> None:
    image = torch.randn(16, 6, 8)
    window, other = Window(10, 20, 40, 60, (64, 96)), Window(0, 10, 40, 50, (72, 90), flipped)
    found = found_again(seen(image, window), seen(image, other), [window], [other])
    assert found == (1, pytest.approx(1 / (4 * 5)), 3 * 4)


def test_features_of_elsewhere_find_nothing() -> None:
    """The neighbour's features: a cell off, which only a greater distance allows."""
    image = torch.randn(16, 6, 8)
    moved = image.roll(1, 2)[None]
    share = [found_again(image[None], moved, [WHOLE], [WHOLE], alpha=alpha).share
             for alpha in (.5, 1)]
    assert share == [0, pytest.approx(7 / 8)]


def test_constant_features_find_no_more_than_chance() -> None:
    maps = torch.tensor([.3, -.7, .1])[None, :, None, None].expand(1, 3, 6, 8)
    for alpha in (.5, 1, 3):
        found = found_again(maps, maps, [WHOLE], [WHOLE], alpha=alpha)
        assert found.share == pytest.approx(found.chance)
        # Of one direction, though of all lengths: cosines differ by their rounding.
        found = found_again(maps * torch.rand(6, 8), maps * torch.rand(6, 8), [WHOLE], [WHOLE],
                            alpha=alpha)
        assert found.share == pytest.approx(found.chance)
    assert found_again(maps * 0, maps, [WHOLE], [WHOLE]).share == pytest.approx(1 / 48)


def test_a_place_on_the_corner_of_cells_is_in_each_of_them() -> None:
    """Cells of twice the side: the centre of the first view's only cell is where four meet."""
    one, four = torch.ones(1, 2, 1, 1), torch.ones(1, 2, 2, 2)
    assert found_again(one, four, [WHOLE], [WHOLE]) == (1, 1, 1)
    assert found_again(one, four, [WHOLE], [WHOLE], alpha=.49).chance == 0


def test_bad_views(unchecked: None) -> None:
    maps = torch.randn(1, 3, 6, 8)
    apart = Window(0, 80, 60, 80, (60, 80))
    with pytest.raises(ValueError, match='none of 1 pairs of views has a cell in common'):
        found_again(maps, maps, [WHOLE], [apart])
    with pytest.raises(ValueError, match=r'got 1 maps.* and 2 windows'):
        found_again(maps, maps, [WHOLE] * 2, [WHOLE])
    with pytest.raises(ValueError, match='have 3 channels and cells of the second view 2'):
        found_again(maps, maps[:, :2], [WHOLE], [WHOLE])
    with pytest.raises(ValueError, match=r'cells of the second view hold numbers.*not finite'):
        found_again(maps, maps * torch.nan, [WHOLE], [WHOLE])
