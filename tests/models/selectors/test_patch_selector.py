"""What the selector looks at; its pools and matches are tested in tests/ops and by OADP's loss."""
from __future__ import annotations

import pytest
import torch

from oadp_mm.models import PatchSelector
from tests.models.tiny import GRID, K, build, views
from tests.ops.layouts import LAYOUTS
from tests.oracles.overlap import best_covers


def test_gray_levels_alone_choose_the_patches() -> None:
    """Recoloured inputs with the same grey levels keep the pairs; other grey levels do not."""
    model = build()
    _, gray = views()
    maps = (torch.randn(2, 512, GRID, GRID), torch.randn(2, 512, GRID, GRID))
    pairs = model.selector(gray, maps=maps)
    again = model.selector(gray, maps=tuple(-each for each in maps))
    assert torch.equal(pairs.small, again.small)
    assert torch.equal(pairs.large, again.large)
    mirrored = model.selector([view.flip(-1) for view in gray], maps=maps)
    columns = GRID - 1 - pairs.small % GRID
    assert torch.equal(mirrored.small.sort(1).values,
                       (pairs.small // GRID * GRID + columns).sort(1).values)


@pytest.mark.parametrize('name', LAYOUTS)
def test_memory_layout_does_not_matter(name: str) -> None:
    gray = views()[1]
    selector = PatchSelector(GRID, k=K)
    ours, theirs = selector([LAYOUTS[name](view) for view in gray]), selector(gray)
    assert torch.equal(ours.small, theirs.small)
    assert torch.equal(ours.large, theirs.large)


def test_random_pairs_are_of_the_pools_and_evenly_so() -> None:
    """The control: the same pools, and every large patch as often as chance lets it."""
    gray = [view[:1] for view in views()[1]]
    paper, random = (PatchSelector(GRID, k=K, matching=each)
                     for each in ('mutual_information', 'random'))
    torch.manual_seed(0)
    drawn = [random(gray) for _ in range(400)]
    assert all(torch.equal(pairs.small, paper(gray).small) for pairs in drawn)
    met = torch.cat([pairs.large for pairs in drawn]).flatten()
    pool = paper.pool(gray[1], paper.spans[1]).flatten()
    counts = torch.tensor([int((met == patch).sum()) for patch in pool])
    assert counts.sum() == len(met)  # none is of outside the pool
    # Binomial of 400 K draws with chance 1 / K: five standard deviations.
    assert (counts - 400).abs().max() < 5 * (400 * (1 - 1 / K)) ** 0.5


def test_pairs_by_place_are_those_of_painted_patches() -> None:
    gray, places = views()[1], [[[0, 3, 16, 20, 0], [2, 0, 20, 12, 1]], [[4, 4, 9, 9, 1]] * 2]
    paper, by_place = (PatchSelector(GRID, k=K, matching=each)
                       for each in ('mutual_information', 'overlap'))
    pairs = by_place(gray, windows=torch.tensor(places))
    assert torch.equal(pairs.small, paper(gray).small)
    pool = paper.pool(gray[1], paper.spans[1])
    for image, windows in enumerate(places):
        best = best_covers(windows, pairs.small[image].tolist(), pool[image].tolist(), GRID,
                           paper.spans, side=24)
        assert pairs.large[image].tolist() == pool[image][best].tolist()
    with pytest.raises(ValueError, match="matching='overlap' asks where views lie: pass their"):
        by_place(gray)


@pytest.mark.parametrize('matching', ['mutual_information', 'cosine', 'random', 'overlap'])
@pytest.mark.usefixtures('unchecked')
class TestBadInput:
    """With the shape checks off, as users meet them."""

    @pytest.mark.parametrize('dtype', [torch.float32, torch.int64])
    @pytest.mark.parametrize('view', [0, 1])
    def test_gray_levels_of_another_type(
        self, view: int, dtype: torch.dtype, matching: str
    ) -> None:
        gray = views()[1]
        gray[view] = gray[view].to(dtype)
        with pytest.raises(TypeError, match=f'^gray levels must be uint8, got {dtype}; '):
            PatchSelector(GRID, k=K, matching=matching)(gray)

    def test_an_empty_batch(self, matching: str) -> None:
        gray = [view[:0] for view in views()[1]]
        with pytest.raises(ValueError, match=r'a non-empty batch .* got shape \(0, 128, 128\)$'):
            PatchSelector(GRID, k=K, matching=matching)(gray)
