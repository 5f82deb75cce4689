from __future__ import annotations

import numpy as np

from oadp_mm.discovery.top_ranked import top_ranked
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
    """a and d have .9; then d-a, d-e and e-d have an image that was there, b-e has .3."""
    first, second = top_ranked(MADE, 5)
    assert (first.image, first.neighbour, round(first.cosine, 2)) == (0, 3, .9)
    assert first.box.tolist() == [0, 0, 1, 1] and first.other.tolist() == [0, 0, 4, 4]
    assert (second.image, second.neighbour, round(second.cosine, 2)) == (4, 1, .3)
    assert [each.image for each in top_ranked(MADE, 1)] == [0]
