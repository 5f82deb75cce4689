from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.ops.objectness import patch_scores, select_pool
from tests.ops.layouts import LAYOUTS
from tests.oracles import images
from tests.oracles import objectness as oracle

SIDE, GRID, CELL = 112, 7, 16
VIEWS = {
    **{name: images.gray_photo(name, SIDE) for name in images.PHOTOS},
    'noise': images.noise(SIDE, seed=0),
    'flat': images.flat(SIDE),
    'tiled': images.tiled(SIDE, CELL, seed=1),
    'one cell': images.flat_surround(SIDE, CELL, x=5, y=2, seed=2),
}


def scores_of(view: np.ndarray, **options) -> torch.Tensor:
    return patch_scores(torch.from_numpy(view)[None], **options)[0]


@pytest.mark.parametrize('name', VIEWS)
@pytest.mark.parametrize('span', [1, 2, 3])
def test_scores_are_those_of_the_loops(name: str, span: int) -> None:
    ours = scores_of(VIEWS[name], grid=GRID, span=span)
    expected = oracle.patch_scores(VIEWS[name], GRID, span, 8 / 255)
    np.testing.assert_allclose(ours.double().numpy(), expected, rtol=0, atol=1e-9)


@pytest.mark.data
@pytest.mark.parametrize('span', [1, 2])
def test_scores_of_coco_photos_are_those_of_the_loops(oadp_data: Path, span: int) -> None:
    for path in sorted((oadp_data / 'coco128' / 'images').rglob('*.jpg'))[::32]:
        gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        view = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        expected = oracle.patch_scores(view, GRID, span, 8 / 255)
        ours = scores_of(view, grid=GRID, span=span)
        np.testing.assert_allclose(ours.numpy(), expected, rtol=0, atol=1e-9)
        assert sorted(select_pool(ours[None], 24)[0].tolist()) == sorted(
            oracle.prominent_pool(expected, 24))


@pytest.mark.parametrize('gamma', [0.0, 0.5, 1.0])
def test_gamma_weighs_the_contrast(gamma: float) -> None:
    view = VIEWS['chelsea']
    ours = scores_of(view, grid=GRID, span=2, gamma=gamma)
    expected = oracle.patch_scores(view, GRID, 2, gamma)
    np.testing.assert_allclose(ours.double().numpy(), expected, rtol=0, atol=1e-9)


def test_default_gamma_gives_both_terms_eight_at_most() -> None:
    """Half black, half white: D = 127.5 for both, so gamma * D = 4 and H = 0 in each cell."""
    view = images.negative_pair(64, 8)
    np.testing.assert_allclose(scores_of(view, grid=8).double().numpy(), 4.0, rtol=0, atol=1e-9)


def test_a_uniform_patch_has_eight_bits() -> None:
    """All 256 levels once in each 16 x 16 cell: exactly eight bits of entropy."""
    view = np.tile(np.arange(256, dtype=np.uint8).reshape(16, 16), (7, 7))
    ours = scores_of(view, grid=7, gamma=0.0).double().numpy()
    np.testing.assert_allclose(ours, 8.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize(('x', 'y'), [(5, 2), (0, 6), (6, 0)])
def test_raster_index_counts_columns_first(x: int, y: int) -> None:
    view = images.flat_surround(SIDE, CELL, x=x, y=y, seed=3)
    assert scores_of(view, grid=GRID).argmax().item() == y * GRID + x
    large = scores_of(view, grid=GRID, span=2, gamma=0.0)
    holding = {
        top * 6 + left
        for top in (y - 1, y) for left in (x - 1, x) if 0 <= top <= 5 and 0 <= left <= 5
    }
    assert set(torch.nonzero(large > 1e-6).flatten().tolist()) == holding


def test_cells_need_not_be_square() -> None:
    view = np.ascontiguousarray(VIEWS['coffee'][:56])
    ours = scores_of(view, grid=GRID, span=2)
    expected = oracle.patch_scores(view, GRID, 2, 8 / 255)
    np.testing.assert_allclose(ours.double().numpy(), expected, rtol=0, atol=1e-9)


def test_views_of_a_batch_do_not_mix() -> None:
    batch = torch.from_numpy(np.stack([VIEWS['coffee'], VIEWS['noise'], VIEWS['flat']]))
    together = patch_scores(batch, grid=GRID, span=2)
    for view, row in zip(batch, together, strict=True):
        assert torch.equal(patch_scores(view[None], grid=GRID, span=2)[0], row)


@pytest.mark.parametrize('span', [1, 2])
@pytest.mark.parametrize('name', LAYOUTS)
def test_memory_layout_does_not_matter(name: str, span: int) -> None:
    views = torch.from_numpy(np.stack([VIEWS['rocket'], VIEWS['noise'], VIEWS['coffee']]))
    expected = patch_scores(views, grid=GRID, span=span)
    assert torch.equal(patch_scores(LAYOUTS[name](views), grid=GRID, span=span), expected)
    pools = select_pool(expected, 7)
    assert torch.equal(select_pool(expected.t().contiguous().t(), 7), pools)
    assert torch.equal(select_pool(LAYOUTS[name](expected[None])[0], 7), pools)


def test_no_scores_give_no_pools() -> None:
    """`patch_scores` refuses an empty batch; without views there are pools of no view."""
    scores = torch.zeros(0, 49, dtype=torch.float64)
    assert select_pool(scores, 24).shape == (0, 24)
    with pytest.raises(ValueError, match=r'^a pool holds between 1 and 49 patches .* got k=50$'):
        select_pool(scores, 50)


@pytest.mark.parametrize('name', VIEWS)
@pytest.mark.parametrize(('span', 'k'), [(1, 24), (1, 48), (2, 24), (2, 1)])
def test_pool_is_that_of_the_raster_scan(name: str, span: int, k: int) -> None:
    scores = scores_of(VIEWS[name], grid=GRID, span=span)
    expected = oracle.prominent_pool(oracle.patch_scores(VIEWS[name], GRID, span, 8 / 255), k)
    assert sorted(select_pool(scores[None], k)[0].tolist()) == sorted(expected)


def test_pool_with_many_equal_scores() -> None:
    """A few score levels only, so nearly every decision of the scan is a tie."""
    scores = torch.randint(0, 4, (200, 20), generator=torch.Generator().manual_seed(0)).double()
    for k in (1, 7, 19):
        for row, pool in zip(scores.tolist(), select_pool(scores, k).tolist(), strict=True):
            assert sorted(pool) == sorted(oracle.prominent_pool(row, k))
            assert pool == sorted(pool, key=lambda patch: (-row[patch], patch))


@pytest.mark.parametrize('name', ['flat', 'tiled'])
def test_equal_patches_are_taken_from_the_top_left(name: str) -> None:
    for span in (1, 2):
        scores = scores_of(VIEWS[name], grid=GRID, span=span)
        assert select_pool(scores[None], 24)[0].tolist() == list(range(24))


def test_the_textured_cell_leads_and_the_flat_ones_follow_in_order() -> None:
    pool = select_pool(scores_of(VIEWS['one cell'], grid=GRID)[None], 10)[0].tolist()
    assert pool == [2 * GRID + 5, *range(9)]


def test_scores_equal_by_symmetry_tie() -> None:
    """Black and white cells, half each: different histograms, one score, so raster order."""
    scores = scores_of(images.negative_pair(64, 8), grid=8)
    assert select_pool(scores[None], 20)[0].tolist() == list(range(20))
