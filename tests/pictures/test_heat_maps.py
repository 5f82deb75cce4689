"""Heat maps: a column a network, a row an image, one scale."""
from __future__ import annotations

import numpy as np

from oadp_mm.pictures.heat_maps import draw_heat_maps


def overlays(figure):
    """The coloured arrays, row by row."""
    return [picture.get_array() for ax in figure.axes for picture in ax.get_images()
            if picture.get_alpha()]


def test_every_map_is_shown_as_shares_of_its_largest_value():
    images = [np.full((8, 12, 3), 90, np.uint8), np.full((8, 8, 3), 90, np.uint8)]
    first, second = np.array([[-4, 0, 2.]], np.float32), np.array([[5., 5]], np.float32)
    figure = draw_heat_maps(images, {'a $x$': [first, second], 'b': [second, 0 * second]})
    shown = overlays(figure)
    assert [map_.shape for map_ in shown] == [(8, 12), (8, 12), (8, 8), (8, 8)]
    assert shown[0][0, [0, 5, 11]].tolist() == [0, 0, 1]
    assert np.allclose(shown[1], 1) and np.allclose(shown[2], 1) and not shown[3].any()
    assert [ax.get_title() for ax in figure.axes[:3]] == ['image', 'a $x$', 'b']
    figure.canvas.draw()  # a `$` in a name begins no formula


def test_probabilities_are_shown_as_they_are():
    image, cells = np.full((8, 12, 3), 90, np.uint8), np.array([[0.1, 0.3, 0.6]], np.float32)
    figure = draw_heat_maps([image], {'a': [cells]}, probability='foreground')
    assert np.allclose(overlays(figure)[0][0, [0, 5, 11]], [0.1, 0.3, 0.6], atol=0.06)
    assert figure.axes[-1].get_ylabel() == 'foreground'


def test_objects_are_outlined_and_panels_captioned():
    images = [np.full((8, 12, 3), 90, np.uint8), np.full((8, 8, 3), 90, np.uint8)]
    maps = [np.array([[1., 2]], np.float32)] * 2
    corners = [np.array([[1., 2, 5, 8], [0, 0, 2, 2]], np.float32), np.zeros((0, 4), np.float32)]
    figure = draw_heat_maps(images, {'a': maps}, corners, {'image': ['50%', ''], 'a': ['$9%', '']})
    for ax in figure.axes[:2]:
        assert [patch.get_bbox().extents.tolist() for patch in ax.patches] == corners[0].tolist()
    assert not figure.axes[2].patches and not figure.axes[3].patches
    assert [[text.get_text() for text in ax.texts] for ax in figure.axes[:4]] == [
        ['50%'], ['$9%'], [''], ['']]
    figure.canvas.draw()
