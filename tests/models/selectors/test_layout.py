from __future__ import annotations

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
        with pytest.raises(ValueError, match=f'views.crop.size={32 * (span + 1)}, '):
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


@pytest.mark.parametrize('side', [1, 31, 33, 64, 95, 97, 112, 143, 145, 200, 225, 299])
def test_the_size_that_a_message_names_works(side) -> None:
    with pytest.raises(ValueError, match='views of') as refusal:
        view_layout(side, side, span=2, **DERIVED)
    size = int(str(refusal.value).partition('views.crop.size=')[2].partition(',')[0])
    grid, k = view_layout(size, size, span=2, **DERIVED)
    assert f'grid={grid} and k={k}' in str(refusal.value)
    assert abs(size - max(side, 96)) <= 16
