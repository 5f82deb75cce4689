from __future__ import annotations

import numpy as np

from oadp_mm.discovery.ranked import ranked
from oadp_mm.files.correspondences import Correspondences

#: Five images with a box each but the third, which cannot be read, and the first, which has two.
MADE = Correspondences(
    names=np.array(list('abcde')), sizes=np.array([[9, 9]] * 2 + [[0, 0]] + [[9, 9]] * 2, np.int32),
    lengths=np.ones(5, np.int64), offsets=np.array([0, 2, 3, 3, 4, 5]), meta={},
    boxes=np.array([[0, 0, i, i] for i in range(1, 6)], np.int32),
    neighbours=np.array([[1, 3], [0, 3], [-1, -1], [4, 0], [3, 1]], np.int32),
    pair_offsets=np.array([0, 4, 6, 6, 8, 10]),
    pairs=np.array([[1, 0], [0, 0], [0, 0], [1, 0], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0],
                    [0, 0]], np.int16),
    cosines=np.array([.5, .4, .9, .1, .6, .2, .7, .8, .7, .3], np.float16))


def test_the_best_pair_of_two_images_counts_and_each_image_once():
    """a and d have .9, the best; from the middle of 8 ranks on, e-b is the first without them."""
    [first], [second] = ranked(MADE, 5)
    assert (first.rank, first.image, first.neighbour, round(first.cosine, 2)) == (1, 0, 3, .9)
    assert first.box.tolist() == [0, 0, 1, 1] and first.other.tolist() == [0, 0, 4, 4]
    assert (second.rank, second.image, second.neighbour, round(second.cosine, 2)) == (7, 4, 1, .3)
    [alone], none = ranked(MADE, 1)
    assert alone.rank == 1 and not none


def test_half_are_the_best_and_half_lie_at_equal_distances_over_all_ranks():
    """200 images, of which each two that follow are neighbours, and the more alike the earlier."""
    images = np.arange(200)
    made = Correspondences(
        names=images.astype(str), sizes=np.full((200, 2), 9, np.int32), meta={},
        lengths=np.ones(200, np.int64), offsets=np.arange(201),
        boxes=np.full((200, 4), 9, np.int32), neighbours=(images ^ 1).astype(np.int32)[:, None],
        pair_offsets=np.arange(201), pairs=np.zeros((200, 2), np.int16),
        cosines=(1 - images // 2 / 128).astype(np.float16))  # exact
    best, others = ranked(made, 8)
    assert [each.rank for each in best] == [1, 3, 5, 7]  # the even ones are the same pairs again
    assert [each.rank for each in others] == [26, 76, 126, 176]  # the middle of each quarter
    assert len({number for each in best + others for number in (each.image, each.neighbour)}) == 16


def test_an_image_that_all_have_as_their_neighbour_is_in_one_pair():
    made = Correspondences(
        names=np.array(list('abcdef')), sizes=np.full((6, 2), 9, np.int32), meta={},
        lengths=np.ones(6, np.int64), offsets=np.arange(7), boxes=np.full((6, 4), 9, np.int32),
        neighbours=np.array([[1], [0], [0], [0], [0], [0]], np.int32),
        pair_offsets=np.arange(7), pairs=np.zeros((6, 2), np.int16),
        cosines=np.array([.1, .9, .8, .7, .6, .5], np.float16))
    [only], none = ranked(made, 18)
    assert (only.rank, only.image, only.neighbour) == (1, 1, 0) and not none
