from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from pycocotools import mask as rle

from oadp_mm.pictures.scenes import decode, grid_of, show_classes, show_instances


@pytest.fixture
def square():
    """A mask of rows 2..4 and columns 1..3 of a 6x8 image."""
    mask = np.zeros((6, 8), bool)
    mask[2:5, 1:4] = True
    return mask


def test_every_form_of_segmentation_gives_the_mask(square):
    runs = rle.encode(np.asfortranarray(square, np.uint8))
    plain = {'size': [6, 8], 'counts': [8, 3, 3, 3, 3, 3, 25]}  # column by column, with row 2 first
    forms = [runs, {**runs, 'counts': runs['counts'].decode()}, plain,
             [[1, 2, 4, 2, 4, 5, 1, 5]]]
    for form in forms:
        assert np.array_equal(decode(form, 6, 8), square)


def test_instances_are_tinted_inside_their_masks_and_named(square):
    image = np.full((6, 8, 3), 100, np.uint8)
    instance = {'bbox': [1, 2, 3, 3], 'category_id': 4, 'score': .875,
                'segmentation': rle.encode(np.asfortranarray(square, np.uint8))}
    ax = Figure().subplots()
    show_instances(ax, image, [instance], {4: 'three'})
    changed = (ax.images[0].get_array() != image).any(-1)
    assert np.array_equal(changed, square)
    (box,) = ax.patches
    assert (box.get_x(), box.get_y(), box.get_width(), box.get_height()) == (.5, 1.5, 3, 3)
    assert ax.texts[0].get_text() == 'three 88 %'


def test_names_stand_in_their_boxes_and_on_no_other_name():
    """A column 1.9 inches (137 points) wide shows 137 pixels: one a point."""
    image = np.zeros((137, 137, 3), np.uint8)
    _, ((ax, other),) = grid_of([image], ['', ''])
    large, on_it, tiny = ({'bbox': box, 'category_id': 1, 'score': .5} for box in (
        [0, 0, 100, 100], [2, 2, 90, 90], [120, 2, 8, 8]))
    narrow = {'bbox': [10, 50, 30, 30], 'category_id': 1, 'score': .5}
    show_instances(ax, image, [large, on_it, tiny], {1: 'zebra'})
    assert [(text.get_text(), *text.get_position()) for text in ax.texts] == [('zebra 50 %', 2, 2)]
    assert len(ax.patches) == 3
    show_instances(other, image, [narrow], {1: 'zebra'})
    assert [text.get_text() for text in other.texts] == ['zebra']  # the score has no room


def test_rows_are_as_high_as_their_images():
    figure, axes = grid_of([np.zeros((50, 100)), np.zeros((100, 100))], ['a', 'b'])
    figure.draw_without_rendering()
    heights = [row[0].get_window_extent().height for row in axes]
    assert heights[1] / heights[0] == pytest.approx(2, rel=.02)
    width, height = axes[0, 0].get_window_extent().size
    assert height / width == pytest.approx(.5, rel=.1)


def test_without_names_instances_are_tinted_in_turn_and_boxes_show_where_there_is_no_mask(square):
    image = np.full((6, 8, 3), 100, np.uint8)
    box = {'bbox': [1, 2, 3, 3], 'category_id': 1}
    masked = {**box, 'segmentation': rle.encode(np.asfortranarray(square, np.uint8))}
    other = {**box, 'segmentation': rle.encode(np.asfortranarray(~square, np.uint8))}
    ax, bare = Figure().subplots(1, 2)
    show_instances(ax, image, [masked, other], {})
    show_instances(bare, image, [box], {})
    shown = ax.images[0].get_array()
    assert (shown[square] == shown[2, 1]).all() and (shown[0, 0] != shown[2, 1]).any()
    assert not ax.patches and not ax.texts
    assert len(bare.patches) == 1 and (bare.images[0].get_array() == image).all()


def test_background_and_ignored_pixels_are_only_darkened(square):
    image = np.full((6, 8, 3), 100, np.uint8)
    classes = np.where(square, 3, 0).astype(np.uint8)
    classes[0, 0] = 255
    ax = Figure().subplots()
    show_classes(ax, image, classes)
    shown = ax.images[0].get_array()
    assert (shown[~square] == 60).all()
    assert (shown[square] != 60).any(-1).all()
