from __future__ import annotations

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg

from oadp_mm.pictures.foreground import (
    COLOURS,
    LONGEST,
    OPACITY,
    colour_scale,
    draw_foreground,
    upsample,
)

MAP = np.array([[.9, .1], [.3, .5]], np.float32)


def _pixels(figure, ax, places) -> np.ndarray:
    """Rendered RGB, 0..1, at places given as shares of the axes' image (x, y from its top left)."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    rendered = np.asarray(canvas.buffer_rgba())[..., :3] / 255
    left, right, bottom, top = ax.images[0].get_extent()
    points = [(left + x * (right - left), top + y * (bottom - top)) for x, y in places]
    across, up = ax.transData.transform(points).round().astype(int).T
    return rendered[len(rendered) - 1 - up, across]


def test_pixels_between_the_centres_of_cells_are_interpolated():
    a, b = .2, .6
    row = [a, .75 * a + .25 * b, .25 * a + .75 * b, b]
    assert np.allclose(upsample(np.array([[a, b]], np.float32), 3, 4), [row] * 3)


@pytest.mark.parametrize(('height', 'width'), [(80, 120), (120, 60), (LONGEST, 3 * LONGEST)])
def test_map_lies_over_a_gray_image_and_its_cells_beside_it(height, width):
    image = np.full((height, width, 3), (255, 0, 0), np.uint8)
    figure = draw_foreground(image[..., ::-1], MAP, 'a.jpg')  # blue: RGB of a reversed array
    original, over, cells = figure.axes[:3]
    corners = [(.05, .05), (.95, .05), (.05, .95), (.95, .95)]  # beyond the cells' centres
    colours = colormaps[COLOURS](MAP.ravel())[:, :3]
    gray = .114  # of full blue (ITU-R BT.601)
    assert np.allclose(_pixels(figure, original, corners), (0, 0, 1), atol=.01)
    assert np.allclose(_pixels(figure, cells, [(.25, .25), (.75, .25), (.25, .75), (.75, .75)]),
                       colours, atol=.01)
    mixed = _pixels(figure, over, corners)
    assert np.allclose(mixed, OPACITY * colours + (1 - OPACITY) * gray, atol=.02)
    assert mixed[0].sum() == max(mixed.sum(1))
    # All three keep the image's proportions.
    for ax in (original, over, cells):
        box = ax.get_window_extent()
        assert box.width / box.height == pytest.approx(width / height, rel=.02)


def test_colours_span_0_to_1_unless_stretched_and_the_title_says_so():
    image = np.zeros((8, 8, 3), np.uint8)
    plain, stretched = (draw_foreground(image, MAP, 'a $x$ b.jpg', stretch) for stretch in (0, 1))
    assert plain.get_suptitle() == ('a $x$ b.jpg: min 0.100, mean 0.450, max 0.900\n'
                                    'colours from 0 to 1')
    assert stretched.get_suptitle().endswith('stretched, from 0.100 to 0.900')
    for figure, limits in ((plain, (0, 1)), (stretched, (.1, .9))):
        shown = [ax.images[-1] for ax in figure.axes[1:3]]
        assert [one.get_clim() for one in shown] == [pytest.approx(limits)] * 2
        assert figure.axes[3].get_ylim() == pytest.approx(limits)  # the colour bar


def test_a_flat_map_is_not_stretched_into_a_finding():
    flat = np.full((7, 7), .5, np.float32)
    flat[3, 3] += 5e-4
    norm, phrase = colour_scale(flat, stretch=True)
    assert (norm.vmin, norm.vmax) == (0, 1)
    assert 'flat' in phrase


def test_a_long_name_leaves_room_for_the_figures():
    title = draw_foreground(np.zeros((8, 8, 3), np.uint8), MAP, 'x' * 200).get_suptitle()
    assert len(title.splitlines()[0]) < 110
    assert '...: min 0.100' in title
