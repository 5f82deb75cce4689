"""Each colour change against torchvision's of a PIL picture with the same parameter."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from torchvision.transforms import functional as F

from oadp_mm.ops import enhance
from tests.oracles.stock_augmentations import PICTURES, TEXTURED, distances, rounding, stock

# What RandAugment and the jitter of the configs ask for, and the ends of Pillow's blend.
FACTORS = (0.0, 0.1, 0.2, 0.45, 0.7, 0.97, 1.0, 1.03, 1.3, 1.55, 1.8, 1.9)
TURNS = (-0.2, -0.13, -0.1, -0.03, -0.001, 0.0, 0.003, 0.05, 0.0625, 0.1, 0.17, 0.2)

THRESHOLDS = (0.0, 0.5, 1.0, 85.0, 127.5, 170.0, 255.0, 256.0)

# Ours, torchvision's, the parameters, and the levels that rounding may set apart: changes of single
# levels are exact.
CHANGES = {
    'brightness': (enhance.brightness, F.adjust_brightness, FACTORS, 0),
    'posterize': (enhance.posterize, F.posterize, range(9), 0),
    'solarize': (enhance.solarize, F.solarize, THRESHOLDS, 0),
    'autocontrast': (lambda image, _: enhance.autocontrast(image),
                     lambda picture, _: F.autocontrast(picture), [None], 0),
    'equalize': (lambda image, _: enhance.equalize(image),
                 lambda picture, _: F.equalize(picture), [None], 0),
    'gray': (lambda image, _: enhance.gray(image),
             lambda picture, _: F.rgb_to_grayscale(picture, 3), [None], 1),
    'contrast': (enhance.contrast, F.adjust_contrast, FACTORS, 1),
    'saturation': (enhance.saturation, F.adjust_saturation, FACTORS, 1),
    'sharpness': (enhance.sharpness, F.adjust_sharpness, FACTORS, 1),
}


def is_image_like(result, image):
    return (result.dtype == np.uint8 and result.shape == image.shape
            and result.flags.c_contiguous)


@pytest.mark.parametrize('picture', PICTURES)
@pytest.mark.parametrize('name', CHANGES)
def test_changes_differ_by_rounding_if_at_all(name, picture):
    ours, theirs, parameters, off = CHANGES[name]
    image = PICTURES[picture]
    before = image.copy()
    for parameter in parameters:
        result, expected = ours(image, parameter), stock(theirs, image, parameter)
        assert is_image_like(result, image)
        assert np.abs(result - expected).max() <= off
        if picture in TEXTURED:
            assert (distances(result, expected) <= rounding(0.1 * off)).all()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize('picture', PICTURES)
def test_hue_differs_by_one_of_its_units_at_most(picture):
    """Both count hues in whole units that they read as 1/255 circle, which makes them differ.

    A hue t of [0, 1) is floor(255 t) to Pillow and round(256 t) - 1 to us: t - 1 apart, and a half
    and a whole for what they drop. Whole numbers between -3/2 and 3/2 are -1, 0 and 1. A unit moves
    a level by 6/255 of the pixel's chroma at most. Their roundings of saturation and level are two
    more.
    """
    image = PICTURES[picture]
    before = image.copy()
    chroma = np.ptp(image.astype(int), axis=-1)[..., None]
    for turn in TURNS:
        result, expected = enhance.hue(image, turn), stock(F.adjust_hue, image, turn)
        assert is_image_like(result, image)
        assert (np.abs(result - expected) <= 2 + 6 * chroma / 255).all()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize('picture', TEXTURED)
def test_levels_after_a_turn_are_distributed_as_those_of_a_turn_one_unit_off(picture):
    image = PICTURES[picture]
    for turn in TURNS:
        expected = stock(F.adjust_hue, image, turn)
        near = [distances(expected, stock(F.adjust_hue, image, turn + unit / 255))
                for unit in (-1, 1)]
        limit = np.maximum(rounding(0.5), np.max(near, 0))
        assert (distances(enhance.hue(image, turn), expected) <= limit).all()


def test_hues_are_neither_ahead_of_torchvision_s_nor_behind():
    """Of the -1, 0 and 1 units above, the mean over evenly spread hues is that of t - 1/2: none.

    Their hues are compared without rounding; a rounded level of a strong colour moves it either way
    by a third of a unit at most, which the mean of 10,000 colours does not show.
    """
    def hues(image):
        return cv2.cvtColor(image.astype(np.float32), cv2.COLOR_BGR2HSV)[..., 0] / 360 * 255

    colours = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    strong = np.ptp(colours.astype(int), axis=-1) >= 128
    assert strong.sum() > 10_000
    for turn in TURNS:
        apart = (hues(enhance.hue(colours, turn)) - hues(stock(F.adjust_hue, colours, turn)))
        assert abs(((apart + 127.5) % 255 - 127.5)[strong].mean()) < 0.1


def test_a_half_turn_is_the_opposite_colour():
    """A turn is of whole units: from red, 126 or 128 of OpenCV's 255 are 3/2 or 1/2 off a half.

    At full chroma a unit moves a level by 6.
    """
    red, cyan = np.full((3, 3, 3), (0, 0, 255), np.uint8), np.array([255, 255, 0])
    for turn, units in ((0.5, 1.5), (-0.5, 0.5)):
        off = np.abs(enhance.hue(red, turn)[0, 0] - cyan)
        assert off.max() == pytest.approx(6 * units, abs=1)  # levels are rounded


def test_a_stretch_keeps_the_levels_that_it_meets_exactly():
    """A product as 3 * (255 / 51) may fall below its integer, according to the order of rounding.

    Each picture stretches three ranges, one a channel; all levels in between are in it.
    """
    ranges = [(low, high) for low in range(0, 255, 8) for high in range(low + 1, 256)]
    for three in np.reshape(ranges[:len(ranges) // 3 * 3], (-1, 3, 2)):
        image = np.arange(256)[:, None].clip(*three.T).astype(np.uint8)[None]
        np.testing.assert_array_equal(
            enhance.autocontrast(image), stock(ImageOps.autocontrast, image))


def test_flat_pictures_stay_where_there_is_nothing_to_stretch():
    image = np.full((4, 6, 3), (0, 17, 255), np.uint8)
    for change in (enhance.autocontrast, enhance.equalize):
        np.testing.assert_array_equal(change(image), image)


def test_a_factor_of_one_changes_nothing_and_of_zero_leaves_the_base():
    image = PICTURES['astronaut']
    luma = np.asarray(Image.fromarray(image[..., ::-1].copy()).convert('L')).astype(int)
    for change in (enhance.brightness, enhance.contrast, enhance.saturation, enhance.sharpness):
        np.testing.assert_array_equal(change(image, 1.0), image)
    assert not enhance.brightness(image, 0.0).any()
    assert np.ptp(enhance.contrast(image, 0.0)) == 0
    assert abs(enhance.contrast(image, 0.0)[0, 0, 0] - luma.mean()) <= 1
    assert np.abs(enhance.saturation(image, 0.0) - luma[..., None]).max() <= 1


def test_channels_are_read_as_blue_green_red():
    """ITU-R 601: 0.114 of blue, 0.587 of green, 0.299 of red."""
    for channel, share in enumerate((0.114, 0.587, 0.299)):
        image = np.zeros((5, 5, 3), np.uint8)
        image[..., channel] = 200
        assert np.abs(enhance.gray(image).astype(int) - 200 * share).max() <= 1


def test_sharpening_leaves_the_border():
    image = PICTURES['noise']
    sharp = enhance.sharpness(image, 1.8)
    inside = np.zeros(image.shape[:2], bool)
    inside[1:-1, 1:-1] = True
    np.testing.assert_array_equal(sharp[~inside], image[~inside])
    assert (sharp[inside] != image[inside]).mean() > 0.9
    # Closed form for one bright pixel: its smoothed level is 5/13 of 130.
    dot = np.zeros((5, 5, 3), np.uint8)
    dot[2, 2] = 130
    assert enhance.sharpness(dot, 0.0)[2, 2].tolist() == [50] * 3
    assert cv2.countNonZero(enhance.sharpness(dot, 0.0)[..., 0]) == 9
