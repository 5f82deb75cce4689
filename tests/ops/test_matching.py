from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.ops import information
from oadp_mm.ops.matching import match_features, match_patches
from oadp_mm.ops.objectness import patch_scores, select_pool
from tests.ops.layouts import LAYOUTS
from tests.oracles import images, objectness
from tests.oracles import matching as oracle

SIDE = 112
PAIRS = {
    'astronaut': (images.gray_photo('astronaut', SIDE, (0, 0.5)),
                  images.gray_photo('astronaut', SIDE)),
    'coffee': (images.gray_photo('coffee', SIDE, (0.4, 1)),
               images.gray_photo('coffee', SIDE, (0.1, 1))),
    'noise': (images.noise(SIDE, seed=0), images.noise(SIDE, seed=1)),
    # Three levels and flat patches: much is known equally well.
    'ties': (images.gray_photo('rocket', SIDE, (0, 0.5)) // 86,
             images.gray_photo('rocket', SIDE) // 86 + 253),
}
#: Pools in no particular order: what comes back is the position in the large one.
SMALL, LARGE = [40, 3, 17, 25, 8, 48], [30, 2, 35, 11, 18, 7, 0, 23]


def matches(small: np.ndarray, large: np.ndarray, small_pool: list[int], large_pool: list[int],
            **options) -> list[int]:
    as_batch = (torch.as_tensor(each)[None] for each in (small, large, small_pool, large_pool))
    return match_patches(*as_batch, **options)[0].tolist()


@pytest.mark.parametrize('bins', [256, 32])
@pytest.mark.parametrize('name', PAIRS)
def test_matches_are_those_of_scikit_learns_information(name: str, bins: int) -> None:
    small, large = PAIRS[name]
    table = oracle.information_table(small, large, SMALL, LARGE, 7, 1, 2, bins)
    assert matches(small, large, SMALL, LARGE, bins=bins) == oracle.first_best(table)


@pytest.mark.parametrize(('small_span', 'large_span'), [(1, 1), (2, 2), (1, 3), (2, 4)])
def test_other_spans(small_span: int, large_span: int) -> None:
    small, large = PAIRS['astronaut']
    small_pool, large_pool = [7, 1, 15], [9, 0, 14, 5]
    table = oracle.information_table(
        small, large, small_pool, large_pool, 7, small_span, large_span)
    ours = matches(
        small, large, small_pool, large_pool, small_span=small_span, large_span=large_span)
    assert ours == oracle.first_best(table)


@pytest.mark.parametrize('grid', [4, 8])
def test_other_grids(grid: int) -> None:
    small, large = images.gray_photo('rocket', 96), images.gray_photo('rocket', 96, (0.2, 0.9))
    small_pool, large_pool = [1, 14, 6], [0, 8, 3, 5]
    table = oracle.information_table(small, large, small_pool, large_pool, grid, 1, 2)
    assert matches(small, large, small_pool, large_pool, grid=grid) == oracle.first_best(table)


def test_equal_information_goes_to_the_first_in_the_large_pool() -> None:
    """Nothing is known about or from a flat patch: all information is zero."""
    textured, flat = images.noise(112, seed=2), images.flat(112)
    assert matches(flat, textured, SMALL, LARGE) == [0] * len(SMALL)
    assert matches(textured, flat, SMALL, LARGE) == [0] * len(SMALL)
    tiled = images.tiled(112, 16, seed=3)
    assert matches(textured, tiled, SMALL, LARGE) == [0] * len(SMALL)


def test_an_enlarged_copy_is_found_again() -> None:
    """The large view holds cell (x=4, y=1) twice as large at x=2, y=3, columns before rows."""
    small, large = images.noise(112, seed=4), images.noise(112, seed=5)
    cell = small[16:32, 64:80]
    large[48:80, 32:64] = oracle.enlarge(cell, 32)
    pool = [15, 0, 3 * 6 + 2, 2 * 6 + 3, 7]
    assert matches(small, large, [1 * 7 + 4], pool) == [2]


def test_images_of_a_batch_do_not_mix() -> None:
    small, large = (torch.from_numpy(np.stack(views))
                    for views in zip(*PAIRS.values(), strict=True))
    small_index = torch.stack([torch.randperm(49)[:5] for _ in small])
    large_index = torch.stack([torch.randperm(36)[:6] for _ in large])
    together = match_patches(small, large, small_index, large_index)
    for image, row in enumerate(together):
        alone = matches(small[image], large[image], small_index[image], large_index[image])
        assert row.tolist() == alone


@pytest.mark.parametrize('counter', [information._joint_sums_cpu, information._joint_sums])
@pytest.mark.parametrize('name', LAYOUTS)
def test_memory_layout_does_not_matter(
    name: str, counter: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (torch.from_numpy(np.stack(views))[..., :56, :56]
                    for views in zip(*PAIRS.values(), strict=True))
    pools = torch.stack([torch.randperm(36) for _ in small]).split(7, 1)[:2]
    expected = match_patches(*(each.contiguous() for each in (small, large, *pools)))
    monkeypatch.setattr(information, '_counter', lambda device: counter)
    assert not any(pool.is_contiguous() for pool in pools)
    assert torch.equal(match_patches(LAYOUTS[name](small), LAYOUTS[name](large), *pools), expected)


VIEWS = torch.zeros(2, 56, 56, dtype=torch.uint8)
POOLS = torch.zeros(2, 3, dtype=torch.int64)


@pytest.mark.usefixtures('unchecked')
class TestBadInput:
    """With the shape checks off, as users meet them."""

    @pytest.mark.parametrize('empty', [{0, 1, 2, 3}, {0}, {1}])
    def test_no_views(self, empty: set[int]) -> None:
        batches = [batch[:0] if i in empty else batch
                   for i, batch in enumerate((VIEWS, VIEWS, POOLS, POOLS))]
        with pytest.raises(ValueError, match=r'a non-empty batch .* got shape \(0, 56, 56\)$'):
            match_patches(*batches)

    @pytest.mark.parametrize(('small', 'large'), [
        (POOLS[:, :0], POOLS), (POOLS, POOLS[:, :0]), (POOLS[:0], POOLS), (POOLS[:0], POOLS[:0]),
        (POOLS[:1], POOLS), (POOLS, POOLS[:1]), (POOLS[0], POOLS), (POOLS, POOLS[..., None]),
    ])
    def test_pools_that_are_empty_or_of_another_batch(self, small: Tensor, large: Tensor) -> None:
        message = ('expected non-empty pools (b, k) and (b, m) of a batch of b views, got '
                   f'{tuple(small.shape)} and {tuple(large.shape)} for views (2, 56, 56) and ')
        with pytest.raises(ValueError, match='^' + re.escape(message)):
            match_patches(VIEWS, VIEWS, small, large)

    def test_views_of_two_batches(self) -> None:
        with pytest.raises(ValueError, match=r'for views \(1, 56, 56\) and \(2, 56, 56\)$'):
            match_patches(VIEWS[:1], VIEWS, POOLS, POOLS)


def whole_selection_by_loops(small: np.ndarray, large: np.ndarray) -> dict[int, int]:
    """Large patch of every small patch in the pool with the paper's settings."""
    scores = [objectness.patch_scores(view, 7, span, 8 / 255)
              for view, span in ((small, 1), (large, 2))]
    pools = [objectness.best_first(each, objectness.prominent_pool(each, 24)) for each in scores]
    table = oracle.information_table(small, large, *pools, 7, 1, 2)
    return {patch: pools[1][j]
            for patch, j in zip(pools[0], oracle.first_best(table), strict=True)}


def whole_selection(small: np.ndarray, large: np.ndarray) -> dict[int, int]:
    views = [torch.from_numpy(view)[None] for view in (small, large)]
    pools = [select_pool(patch_scores(view, span=span), 24)
             for view, span in zip(views, (1, 2), strict=True)]
    positions = match_patches(*views, *pools)
    return dict(zip(pools[0][0].tolist(), pools[1].gather(1, positions)[0].tolist(), strict=True))


def test_the_papers_selection_on_a_photo() -> None:
    """224 px, 7 x 7 cells, 24 of 49 small and 24 of 36 large patches, 576 comparisons."""
    small, large = images.gray_photo('chelsea', 224, (0, 0.6)), images.gray_photo('chelsea', 224)
    assert whole_selection(small, large) == whole_selection_by_loops(small, large)


@pytest.mark.data
@pytest.mark.parametrize('number', [0, 40, 80])
def test_the_papers_selection_on_coco_photos(oadp_data: Path, number: int) -> None:
    path = sorted((oadp_data / 'coco128' / 'images').rglob('*.jpg'))[number]
    photo = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    rows = len(photo)
    small, large = (cv2.resize(part, (112, 112), interpolation=cv2.INTER_AREA)
                    for part in (photo[: 3 * rows // 5], photo[rows // 5 :]))
    assert whole_selection(small, large) == whole_selection_by_loops(small, large)


def test_cosine_matching_by_loops() -> None:
    small, large = torch.randn(2, 5, 8), torch.randn(2, 6, 8)
    expected = [
        [max(range(6), key=lambda j: float(np.dot(x, ys[j]) / np.linalg.norm(ys[j]))) for x in xs]
        for xs, ys in zip(small.numpy(), large.numpy(), strict=True)
    ]
    assert match_features(small, large).tolist() == expected


def test_cosine_matching_ignores_lengths() -> None:
    small, large = torch.randn(1, 5, 8), torch.randn(1, 6, 8)
    stretched = large * torch.rand(1, 6, 1).add(0.1)
    assert torch.equal(match_features(small, large), match_features(3 * small, stretched))


def test_cosine_matching_is_not_rounded_in_mixed_precision() -> None:
    """Cosines within 1e-3 of each other: bfloat16 tells steps of 2**-8 apart, float32 all."""
    generator = torch.Generator().manual_seed(0)
    small, large = 1 + 0.02 * torch.randn(2, 1, 24, 64, generator=generator)
    expected = (normalised(small.double()) @ normalised(large.double()).transpose(1, 2)).argmax(2)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert torch.equal(match_features(small, large), expected)


def normalised(rows: torch.Tensor) -> torch.Tensor:
    return rows / rows.norm(dim=2, keepdim=True)
