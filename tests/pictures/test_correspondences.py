from __future__ import annotations

import numpy as np

from oadp_mm.pictures.correspondences import Pair, draw_correspondences


def test_both_images_of_a_pair_have_their_box_in_one_colour():
    images = np.zeros((20, 60, 3), np.uint8), np.zeros((50, 10, 3), np.uint8)
    boxes = np.array([3, 4, 9, 19]), np.array([0, 0, 10, 50])
    pairs = [Pair(images, boxes, ('a.jpg', 'b.jpg'), rank, .98765) for rank in (1, 4, 5, 8)]
    # The fourth begins a line.
    figure = draw_correspondences({'best': pairs, 'all': pairs[1:2]}, 'of a test')
    assert figure.get_suptitle() == 'of a test'
    assert [(part.get_suptitle(), len(part.axes)) for part in figure.subfigs] == [
        ('best', 8), ('all', 2)]
    for first, second in zip(figure.axes[::2], figure.axes[1::2], strict=True):
        [one], [other] = first.patches, second.patches
        assert one.get_bbox().bounds == (2.5, 3.5, 6, 15)
        assert other.get_bbox().bounds == (-.5, -.5, 10, 50)
        assert one.get_edgecolor() == other.get_edgecolor()
        assert (first.get_xlabel(), second.get_xlabel()) == ('a.jpg', 'b.jpg')
    assert [ax.get_title(loc='left') for ax in figure.axes[::2]] == [
        f'{rank}. cosine 0.9877' for rank in (1, 4, 5, 8, 4)]
