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

# Ours, torchvision's, and the parameters.
EXACT = {
    'brightness': (enhance.brightness, F.adjust_brightness, FACTORS),
    'posterize': (enhance.posterize, F.posterize, range(9)),
    'solarize': (enhance.solarize, F.solarize, (0.0, 0.5, 1.0, 85.0, 127.5, 170.0, 255.0, 256.0)),
    'autocontrast': (lambda image, _: enhance.autocontrast(image),
                     lambda picture, _: F.autocontrast(picture), [None]),
    'equalize': (lambda image, _: enhance.equalize(image),
                 lambda picture, _: F.equalize(picture), [None]),
}
ROUNDED = {
    'gray': (lambda image, _: enhance.gray(image),
             lambda picture, _: F.rgb_to_grayscale(picture, 3), [None]),
    'contrast': (enhance.contrast, F.adjust_contrast, FACTORS),
    'saturation': (enhance.saturation, F.adjust_saturation, FACTORS),
    'sharpness': (enhance.sharpness, F.adjust_sharpness, FACTORS),
}


def is_image_like(result, image):
    return (result.dtype == np.uint8 and result.shape == image.shape
            and result.flags.c_contiguous)


@pytest.mark.parametrize('picture', PICTURES)
@pytest.mark.parametrize('name', EXACT)
def test_changes_of_single_levels_are_exact(name, picture):
    ours, theirs, parameters = EXACT[name]
    image = PICTURES[picture]
    before = image.copy()
    for parameter in parameters:
        result = ours(image, parameter)
        assert is_image_like(result, image)
        np.testing.assert_array_equal(result, stock(theirs, image, parameter))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize('picture', PICTURES)
@pytest.mark.parametrize('name', ROUNDED)
def test_blends_differ_by_rounding(name, picture):
    ours, theirs, parameters = ROUNDED[name]
    image = PICTURES[picture]
    before = image.copy()
    for parameter in parameters:
        result, expected = ours(image, parameter), stock(theirs, image, parameter)
        assert is_image_like(result, image)
        assert np.abs(result - expected).max() <= 1
        if picture in TEXTURED:
            assert (distances(result, expected) <= rounding(0.1)).all()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize('picture', PICTURES)
def test_hue_differs_by_less_than_three_of_its_units(picture):
    """Both count hues in whole units of about 1/255 circle, which is what makes them differ.

    Pillow drops a hue's fraction: it is up to 1 unit behind. OpenCV rounds (1/2) on a scale of 256
    units that it reads as one of 255: it is up to 1 1/2 ahead. A unit moves a level by 6/255 of the
    pixel's chroma at most. Their roundings of saturation and level are two more.
    """
    image = PICTURES[picture]
    before = image.copy()
    chroma = np.ptp(image.astype(int), axis=-1)[..., None]
    for turn in TURNS:
        result, expected = enhance.hue(image, turn), stock(F.adjust_hue, image, turn)
        assert is_image_like(result, image)
        assert (np.abs(result - expected) <= 2 + 2.5 * 6 * chroma / 255).all()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize('picture', TEXTURED)
def test_levels_after_a_turn_are_distributed_as_those_of_a_turn_two_units_off(picture):
    image = PICTURES[picture]
    for turn in TURNS:
        expected = stock(F.adjust_hue, image, turn)
        near = [distances(expected, stock(F.adjust_hue, image, turn + units / 255))
                for units in (-2, 2)]
        limit = np.maximum(rounding(0.5), np.max(near, 0))
        assert (distances(enhance.hue(image, turn), expected) <= limit).all()


def test_a_half_turn_is_the_opposite_colour():
    """A turn is of whole units: from red, 127 or 129 of OpenCV's 255 are 1/2 or 3/2 off a half.

    At full chroma a unit moves a level by 6.
    """
    red, cyan = np.full((3, 3, 3), (0, 0, 255), np.uint8), (255, 255, 0)
    for turn in (-0.5, 0.5):
        np.testing.assert_allclose(enhance.hue(red, turn)[0, 0].astype(int), cyan, atol=6 * 1.5)


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
