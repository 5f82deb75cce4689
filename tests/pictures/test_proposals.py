from __future__ import annotations

import numpy as np
from matplotlib.colors import same_color

from oadp_mm.pictures.proposals import FIRST, Row, draw_proposals


def rectangles(ax):
    return [(patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height(),
             patch.get_edgecolor(), patch.get_linestyle()) for patch in ax.patches]


def test_the_first_proposals_and_the_closest_ones_are_outlined():
    boxes = np.array([[i, 0, i + 5, 7] for i in range(FIRST + 9)])
    row = Row(np.zeros((40, 60, 3), np.uint8), boxes, np.array([[2., 3, 9, 9], [20, 20, 30, 25]]),
              boxes[:2], np.array([True, False]))
    figure = draw_proposals([row, row._replace(boxes=boxes[:0])], 'of a test')
    left, right, empty, _ = figure.axes
    # The pixel 0 is drawn from -.5 to .5.
    assert [shape[:4] for shape in rectangles(left)] == [
        (i - .5, -.5, 5, 7) for i in range(FIRST)]
    shapes = rectangles(right)
    assert [shape[:4] for shape in shapes] == [(-.5, -.5, 5, 7), (.5, -.5, 5, 7), (1.5, 2.5, 7, 6),
                                               (19.5, 19.5, 10, 5)]
    for shape, colour in zip(shapes, ('lime', 'red', 'white', 'white'), strict=True):
        assert same_color(shape[4], colour) and (shape[5] == '--') == (colour == 'white')
    assert not empty.patches
    assert left.get_title() == f'the first {FIRST} of a test'
