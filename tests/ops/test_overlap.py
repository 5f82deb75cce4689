from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.overlap import match_overlaps
from oadp_mm.ops.windows import Window
from tests.oracles.overlap import best_covers

SIDE = 24


def drawn(rng: np.random.Generator) -> list[int]:
    top, left = rng.integers(0, SIDE - 3, 2)
    return [int(top), int(left), int(rng.integers(2, SIDE - top + 1)),
            int(rng.integers(2, SIDE - left + 1)), int(rng.integers(2))]


@pytest.mark.parametrize(('grid', 'spans'), [(4, (1, 2)), (5, (1, 3)), (3, (1, 1)), (4, (2, 2))])
def test_matches_are_those_of_painted_patches(grid, spans):
    rng = np.random.default_rng(grid)
    for _ in range(6):
        windows = [drawn(rng), drawn(rng)]
        pools = [rng.permutation((grid + 1 - span)**2)[:k].tolist()
                 for span, k in zip(spans, (6, 4), strict=True)]
        expected = best_covers(windows, *pools, grid, spans, SIDE)
        found = match_overlaps(torch.tensor([windows]), *(torch.tensor([pool]) for pool in pools),
                               grid=grid, small_span=spans[0], large_span=spans[1])
        assert found[0].tolist() == expected


def test_of_one_window_twice_each_patch_finds_itself_flipped_or_not():
    index = torch.arange(49)[None]
    for flips, expected in (((0, 0), index), ((1, 1), index),
                            ((0, 1), index // 7 * 7 + 6 - index % 7)):
        windows = torch.tensor([[[3, 5, 40, 60, flip] for flip in flips]])
        found = match_overlaps(windows, index, index, grid=7, large_span=1)
        assert torch.equal(found, expected)


def test_where_nothing_is_covered_the_nearest_is_taken():
    """Windows side by side: the right one's left column, in the rows of the small patches."""
    windows = torch.tensor([[[0, 0, 8, 8, 0], [0, 8, 8, 8, 0]]])
    found = match_overlaps(windows, torch.tensor([[0, 12]]), torch.arange(16)[None], grid=4,
                           large_span=1)
    assert found.tolist() == [[0, 12]]


def test_images_of_a_batch_do_not_meet():
    rng = np.random.default_rng(0)
    windows = torch.tensor([[drawn(rng), drawn(rng)] for _ in range(4)])
    small, large = (torch.stack([torch.randperm(n)[:5] for _ in range(4)]) for n in (49, 36))
    alone = torch.cat([match_overlaps(*(each[i:i + 1] for each in (windows, small, large)))
                       for i in range(4)])
    assert torch.equal(match_overlaps(windows, small, large), alone)


def test_places_are_those_of_views_that_were_cut():
    """Pixels tell: a large patch that holds a small one's pixels covers it."""
    image = np.arange(64 * 64).reshape(64, 64).astype(np.float32)
    small, large = (Window(*place, size=size, flipped=flipped) for place, size, flipped in (
        ((8, 16, 16, 16), (16, 16), True), ((0, 0, 64, 64), (64, 64), False)))
    windows = torch.tensor([[[*window.rectangle, window.flipped] for window in (small, large)]])
    views = [window.cut(image) for window in (small, large)]
    patches = [{(row, column): set(view[row * cell:(row + 1) * cell,
                                        column * cell:(column + 1) * cell].flatten())
                for row in range(4) for column in range(4)}
               for view, cell in zip(views, (4, 16), strict=True)]
    found = match_overlaps(windows, torch.arange(16)[None], torch.arange(16)[None], grid=4,
                           large_span=1)[0]
    for place, pixels in enumerate(patches[0].values()):
        assert pixels <= list(patches[1].values())[int(found[place])]
