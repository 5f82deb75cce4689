from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import resized_crop

from oadp_mm.ops.windows import Window, draw_window

WINDOWS = [
    Window(3, 5, 20, 30, (20, 30)),
    Window(3, 5, 20, 30, (20, 30), flipped=True),
    Window(0, 8, 12, 9, (24, 36)),
    Window(7, 0, 13, 17, (26, 34), flipped=True),
]
SIDE = 40
KERNELS = {'bilinear': Image.Resampling.BILINEAR, 'bicubic': Image.Resampling.BICUBIC}


def assert_same_levels(view, expected):
    """But for roundings: weights of 16 bits against Pillow's of 32, in two passes.

    An error of 2**-16 a weight, of some ten weights a pass in what is shrunk a lot, times 255
    levels is below .05 of a level, and so is the chance to be rounded to the next one, a pass.
    """
    assert (view.dtype, view.shape) == (np.uint8, expected.shape)
    away = np.abs(view.astype(int) - expected)
    assert away.max() <= 1
    assert (away > 0).mean() <= 0.1


def painted(box):
    """A picture of 1 inside a box and 0 outside."""
    x1, y1, x2, y2 = box
    image = np.zeros((SIDE, SIDE), np.float32)
    image[y1:y2, x1:x2] = 1
    return image


@pytest.mark.parametrize('window', WINDOWS)
def test_a_box_lies_in_the_view_where_its_pixels_are(window):
    """Whole numbers of view pixels an image pixel: the painted box stays sharp when repeated."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        (x1, x2), (y1, y2) = np.sort(rng.choice(SIDE, (2, 2), replace=False), axis=1)
        image = painted((x1, y1, x2, y2))
        inside = image[window.top:window.top + window.height,
                       window.left:window.left + window.width]
        view = cv2.resize(inside, window.size[::-1], interpolation=cv2.INTER_NEAREST)
        if window.flipped:
            view = view[:, ::-1]
        [box], [survives] = window.carry(np.array([[x1, y1, x2, y2]]))
        assert survives == bool(view.any())
        if survives:
            rows, columns = np.nonzero(view)
            np.testing.assert_allclose(
                box, [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], atol=1e-9)


@pytest.mark.parametrize('window', WINDOWS)
def test_the_matrix_and_the_boxes_agree(window):
    box = np.array([[10.5, 9.25, 12.0, 11.5]])
    corners = window.matrix() @ [[10.5, 12.0], [9.25, 11.5], [1, 1]]
    (x1, x2), (y1, y2) = np.sort(corners[:2], axis=1)
    np.testing.assert_allclose(window.carry(box)[0], [[x1, y1, x2, y2]])


def test_a_box_that_only_touches_the_window_does_not_survive():
    window = Window(10, 10, 10, 10, (5, 5))
    boxes = np.array([[0, 0, 10, 10], [20, 12, 25, 15], [12, 20, 15, 30], [19, 19, 20, 20],
                      [0, 0, 40, 40]])
    carried, survives = window.carry(boxes)
    assert survives.tolist() == [False, False, False, True, True]
    np.testing.assert_allclose(carried[3:], [[4.5, 4.5, 5, 5], [0, 0, 5, 5]])


def test_boxes_that_touch_any_window_never_survive():
    """Whole numbers, whatever the scale: nothing is left to rounding."""
    rng = np.random.default_rng(0)
    for _ in range(500):
        top, left, height, width = rng.integers(1, 400, 4)
        window = Window(int(top), int(left), int(height), int(width), (224, 224),
                        bool(rng.integers(2)))
        right, bottom = left + width, top + height
        around = np.array([[0, 0, left, bottom], [right, top, right + 9, bottom],
                           [left, 0, right, top], [left, bottom, right, bottom + 9]])
        assert not window.carry(around)[1].any()
        whole = window.carry(np.array([[left, top, right, bottom], [0, 0, 999, 999]]))
        assert whole[1].all()
        np.testing.assert_array_equal(whole[0], [[0, 0, 224, 224]] * 2)


def test_a_box_turned_inside_out_does_not_survive():
    window = Window(0, 0, 10, 10, (20, 20), flipped=True)
    assert window.carry(np.array([[8, 2, 3, 6], [3, 6, 8, 2]]))[1].tolist() == [False, False]


def test_no_boxes_are_carried_too():
    carried, survives = Window(0, 0, 4, 4, (8, 8)).carry(np.zeros((0, 4)))
    assert carried.shape == (0, 4) and survives.shape == (0,)


@pytest.mark.parametrize('window', WINDOWS)
def test_a_view_is_the_resized_rectangle(window):
    image = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    inside = image[window.top:window.top + window.height, window.left:window.left + window.width]
    for interpolation, kernel in KERNELS.items():
        expected = np.asarray(Image.fromarray(inside).resize(window.size[::-1], kernel))
        view = window.cut(image, interpolation)
        assert view.flags.c_contiguous
        assert_same_levels(view[:, ::-1] if window.flipped else view, expected)


@pytest.mark.parametrize('interpolation', KERNELS)
@pytest.mark.parametrize('shape', [(1, 1), (1, 300), (300, 1), (37, 400), (400, 37), (480, 640)])
def test_pixels_are_those_of_torchvision_s_crop_of_a_pil_picture(shape, interpolation):
    """At any shrinking and growing, of which sides may do one each."""
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    photo = cv2.resize(data.astronaut(), shape[::-1])
    for pixels in (image, photo, np.ascontiguousarray(photo[..., 0]), photo[:, ::-1]):
        for size in ((64, 64), (500, 20), (1, 3)):
            height, width = (max(1, side * 4 // 5) for side in shape)
            place = shape[0] - height, (shape[1] - width) // 2, height, width
            expected = np.asarray(resized_crop(
                Image.fromarray(pixels), *place, list(size),
                InterpolationMode(interpolation), antialias=True))
            assert_same_levels(Window(*place, size).cut(pixels, interpolation), expected)


def test_a_read_only_image_is_cut_and_kept():
    image = np.full((9, 9, 3), 7, np.uint8)
    image.flags.writeable = False
    with warnings.catch_warnings(action='error'):
        view = Window(0, 0, 9, 9, (9, 9)).cut(image)
    assert (view == image).all() and not np.shares_memory(view, image)


def test_other_pixels_than_bytes_and_floats_are_refused():
    for dtype in (np.uint16, bool, np.int64):
        with pytest.raises(TypeError, match=rf'floats, got {np.dtype(dtype)}: read the image by'):
            Window(0, 0, 2, 2, (2, 2)).cut(np.zeros((2, 2, 3), dtype))


def test_the_first_chance_that_fits_is_taken():
    """100 x 100 pixels: 0.5 of the area at ratio 1, then twice as wide as high, from the corner."""
    square, wide = [0.5, 0.5, 0, 0], [0.5, 1.0, 0, 0]
    options = dict(scale=(0.0, 1.0), size=(8, 8))
    side = round(np.sqrt(5000))
    window = draw_window(np.array([square, wide]), 100, 100, ratio=(0.5, 2), **options)
    assert window == Window(0, 0, side, side, (8, 8))
    window = draw_window(np.array([wide, square]), 100, 100, ratio=(0.5, 2), **options)
    assert window == Window(0, 0, 50, 100, (8, 8))


def test_the_last_row_and_column_can_be_drawn():
    chance = np.array([[0.5, 0.5, 1 - 1e-9, 1 - 1e-9]])
    window = draw_window(chance, 10, 10, scale=(0.25, 0.25), ratio=(1, 1), size=(5, 5))
    assert (window.top, window.left) == (5, 5)


@pytest.mark.parametrize(('box', 'whole'), [
    ([3, 4, 7, 9], [3, 4, 7, 9]), ([2.6, 3.7, 7.4, 8.8], [3, 4, 7, 9]),
    ([0, 0, .3, .2], [0, 0, 1, 1]), ([8.6, 0, 9, 5], [8, 0, 9, 5]),
    ([2.4, 1, 2.6, 3], [2, 1, 3, 3]),
])
def test_a_box_becomes_the_window_of_its_pixels_at_least_one(box, whole):
    window = Window.of_box(np.array(box), (5, 6))
    assert window.box.tolist() == whole
    assert window == Window(whole[1], whole[0], whole[3] - whole[1], whole[2] - whole[0], (5, 6))
