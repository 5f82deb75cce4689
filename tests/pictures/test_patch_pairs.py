from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import ConnectionPatch, Rectangle

from oadp_mm.ops.windows import Window
from oadp_mm.pictures.patch_pairs import draw_pairs, find_pairs


@pytest.fixture
def views():
    """A flat view but for a noisy cell in row 2, column 5; the second holds it enlarged twice."""
    noise = np.random.default_rng(0).integers(0, 256, (4, 4, 1), dtype=np.uint8)
    small = np.full((28, 28, 3), 90, np.uint8)
    small[8:12, 20:24] = noise
    large = np.full((28, 28, 3), 90, np.uint8)
    large[12:20, 4:12] = noise.repeat(2, 0).repeat(2, 1)
    return small, large


def selector(**settings) -> dict:
    return {'type': 'oadp_mm.PatchSelector', 'grid': 7, **settings}


def test_the_only_object_is_found_in_both_views_and_matched(views):
    pairs = find_pairs(views, selector(k=4))
    assert pairs.pools[0][0] == 2 * 7 + 5
    assert pairs.pools[1][0] == 3 * 6 + 1
    assert pairs.partners[0] == 3 * 6 + 1
    assert pairs.box(0, pairs.pools[0][0], 28) == (20, 8, 4)
    assert pairs.box(1, pairs.pools[1][0], 28) == (4, 12, 8)


def test_matching_by_features_cannot_be_drawn(views):
    with pytest.raises(ValueError, match='network'):
        find_pairs(views, selector(matching='cosine'))


def test_matching_by_place_is_drawn_of_windows(views):
    """Both of the whole image, one of them mirrored: the cell is sought where it lies."""
    windows = [Window(0, 0, 28, 28, size=(28, 28), flipped=flipped) for flipped in (False, True)]
    pairs = find_pairs(views, selector(k=20, matching='overlap'), windows)
    row, column = divmod(int(pairs.partners[0]), 6)
    assert pairs.pools[0][0] == 2 * 7 + 5
    # column 5 of 7 is the second from the right
    assert row in (1, 2) and column in (0, 1)
    with pytest.raises(ValueError, match='which a view does not say'):
        find_pairs(views, selector(matching='overlap'), [windows[0], None])


def test_gray_levels_of_another_source_are_what_patches_are_chosen_by(views):
    flat = np.full_like(views[0], 90)
    levels = [view[..., 0] for view in views]  # the views are gray
    expected, found = find_pairs(views, selector(k=4)), find_pairs(
        [flat, flat], selector(k=4), levels=levels)
    assert all(np.array_equal(*pools) for pools in zip(found.pools, expected.pools, strict=True))
    assert np.array_equal(found.partners, expected.partners)


def test_pairs_are_of_two_views(views):
    with pytest.raises(ValueError, match='of two views, got 3'):
        find_pairs([*views, views[0]], selector())


def test_picture_holds_every_pool_patch_and_every_pair(views):
    figure = draw_pairs(views, find_pairs(views, selector(k=6)), count=3)
    _above, middle, below = figure.subfigs
    outlines = [[p for p in ax.patches if isinstance(p, Rectangle)] for ax in figure.axes]
    assert [len(rows) for rows in outlines[:2]] == [6, 6]
    assert len([a for a in middle.artists if isinstance(a, ConnectionPatch)]) == 3
    assert len(below.axes) == 6
    # The best pair's line runs from the centre of the small patch to that of the large one.
    line = middle.artists[0]
    assert (line.xy1, line.xy2) == ((22, 10), (8, 16))
