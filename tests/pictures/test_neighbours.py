from __future__ import annotations

import numpy as np

from oadp_mm.pictures.framed import LETTERS
from oadp_mm.pictures.neighbours import Row, draw_neighbours

WIDE, HIGH = np.zeros((20, 60, 3), np.uint8), np.full((50, 10, 3), 9, np.uint8)


def test_a_row_has_the_image_and_its_neighbours_in_squares():
    rows = [Row('a/$1.jpg', [WIDE, HIGH, WIDE], ['b.jpg', 'c.jpg'], [.98765, -.5]),
            Row('x' * 30 + '.png', [HIGH, WIDE, WIDE], ['b.jpg', 'c.jpg'], [1., 0.])]
    figure = draw_neighbours(rows, 'of a test')
    axes = np.array(figure.axes).reshape(2, 3)
    assert figure.get_suptitle() == 'of a test'
    for ax, image in zip(axes[0], rows[0].images, strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), image)
    # Pixels are from -.5; the image of 20 rows lies in the middle of 60, that of 10 columns of 50.
    assert axes[0, 0].get_xlim() == (-.5, 59.5) and axes[0, 0].get_ylim() == (39.5, -20.5)
    assert axes[0, 1].get_xlim() == (-20.5, 29.5) and axes[0, 1].get_ylim() == (49.5, -.5)
    assert [ax.get_title() for ax in axes[0]] == ['', '0.988', '-0.500']
    assert [ax.get_xlabel() for ax in axes[0]] == ['a/$1.jpg', 'b.jpg', 'c.jpg']
    assert not axes[0, 0].xaxis.label.get_parse_math()
    assert axes[1, 0].get_xlabel() == '…' + 'x' * (LETTERS - 5) + '.png'
    assert [ax.spines['top'].get_visible() for ax in axes[1]] == [True, False, False]
