from __future__ import annotations

import re

import pytest

from oadp_mm.models import PatchSelector
from oadp_mm.models.selectors.layout import view_layout

DERIVED = {'grid': None, 'k': None, 'stride': 32}


def test_the_paper() -> None:
    """7x7 cells of 32 pixels, and 24 of 36 large patches of 2x2 cells (III-A, IV-A 2)."""
    assert PatchSelector().layout(224, 224) == (7, 24)


@pytest.mark.parametrize('span', [1, 2, 3])
@pytest.mark.parametrize('cells', range(2, 15))
def test_a_pool_takes_two_thirds_of_the_large_patches_and_leaves_some_out(cells, span) -> None:
    if cells <= span:
        with pytest.raises(ValueError, match=f'views.crop.size={32 * (span + 1)}$'):
            view_layout(32 * cells, 32 * cells, span=span, **DERIVED)
        return
    grid, k = view_layout(32 * cells, 32 * cells, span=span, **DERIVED)
    patches = sum(1 for row in range(cells) for column in range(cells)
                  if row + span <= cells and column + span <= cells)
    assert grid == cells
    assert 1 <= k < patches
    assert 0 <= 2 / 3 * patches - k < 1


def test_a_backbone_of_another_stride() -> None:
    assert view_layout(224, 224, grid=None, k=None, span=2, stride=16) == (14, 112)


def test_what_is_set_stays() -> None:
    assert view_layout(224, 224, grid=4, k=5, span=2, stride=32) == (4, 5)
    assert view_layout(224, 112, grid=7, k=None, span=2, stride=32) == (7, 24)
    assert view_layout(224, 224, grid=None, k=35, span=2, stride=32) == (7, 35)


@pytest.mark.parametrize('k', [None, 1, 5, 30])
@pytest.mark.parametrize('grid', [None, 3, 5, 9])
@pytest.mark.parametrize('side', [1, 31, 33, 64, 95, 96, 97, 112, 143, 145, 200, 224, 225, 299])
def test_what_a_message_says_to_type_works(side, grid, k) -> None:
    """Each way, typed at once; settings that are not named stay."""
    if grid is not None and k is not None and k >= (grid - 1)**2:
        return  # that grid has no such pool, whatever the views: PatchSelector refuses them
    try:
        view_layout(side, side, grid=grid, k=k, span=2, stride=32)
    except ValueError as refusal:
        message = str(refusal)
    else:
        return
    ways = message.partition('--cfg-options ')[2].replace(', or --cfg-options ', '|').split('|')
    assert 1 <= len(ways) <= 2
    for number, way in enumerate(ways):
        typed = dict(re.findall(r'(\S+)=(\w+)', way))
        size = int(typed.get('train_dataloader.dataset.views.crop.size', side))
        free = [name for name in ('grid', 'k') if typed.get(f'model.selector.{name}') == 'None']
        view_layout(size, size, span=2, stride=32, grid=None if 'grid' in free else grid,
                    k=None if 'k' in free else k)
        if number == 0 and 'a pool' not in message:
            assert abs(size - max(side, 96)) <= 16  # the nearest


def test_what_came_is_told() -> None:
    for height, width, told in [(112, 112, 'no multiple of 32'), (64, 64, 'smaller than 3x3 cells'),
                                (128, 96, 'not square')]:
        with pytest.raises(ValueError, match=f'views of {height}x{width} pixels are {told}'):
            view_layout(height, width, span=2, **DERIVED)
