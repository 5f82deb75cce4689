"""Each warp against torchvision's of a PIL picture with the same parameter."""
from __future__ import annotations

import math

import numpy as np
import pytest
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

from oadp_mm.ops import warp
from tests.oracles.stock_augmentations import PICTURES, TEXTURED, distances, rounding, stock

SHEARS = (-0.3, -0.1, -0.03, 0.0, 0.01, 0.03, 0.1, 0.3)
DEGREES = (-30, -10, -3, 0, 1, 3, 10, 17.5, 30)


def affine(picture, translate, degrees):
    """torchvision's, with the shears in degrees about the upper left corner."""
    return F.affine(picture, angle=0, translate=translate, scale=1, shear=degrees,
                    interpolation=InterpolationMode.NEAREST, center=[0, 0])


def assert_same_pixels(result, expected, picture):
    """But for one in 200, whose source lies so near the edge of two that roundings decide.

    OpenCV counts positions in units of 1/1024 pixel: of random ones, 2 in 1024 an axis are doubtful
    at most. Of the tiny pictures, one pixel.
    """
    image = PICTURES[picture]
    assert (result.dtype, result.shape) == (np.uint8, image.shape)
    assert result.flags.c_contiguous
    different = (result != expected).any(-1)
    assert different.sum() <= max(1, 0.005 * different.size)
    if picture in TEXTURED:
        assert (distances(result, expected) <= rounding(0.5)).all()


@pytest.mark.parametrize('picture', PICTURES)
def test_shears(picture):
    image = PICTURES[picture]
    for amount in SHEARS:
        degrees = math.degrees(math.atan(amount))
        for result, angles in ((warp.shear(image, x=amount), [degrees, 0.0]),
                               (warp.shear(image, y=amount), [0.0, degrees])):
            assert_same_pixels(result, stock(affine, image, [0, 0], angles), picture)


@pytest.mark.parametrize('picture', PICTURES)
def test_rotations(picture):
    image = PICTURES[picture]
    for degrees in DEGREES:
        assert_same_pixels(
            warp.rotate(image, degrees), stock(F.rotate, image, degrees), picture)


@pytest.mark.parametrize('picture', PICTURES)
def test_translations_are_exact(picture):
    image = PICTURES[picture]
    height, width = image.shape[:2]
    for x, y in ((0, 0), (0.15, 0), (-0.15, 0), (0, 0.3), (0, -0.45), (-0.9, 0.9), (0.999, -0.2),
                 (1, 0), (0, -1), (-1, 1), (1.5, 0), (-3, 0.1), (0.1, 4), (0, -2.2), (9, -9)):
        x, y = int(x * width), int(y * height)
        result = warp.translate(image, x=x, y=y)
        assert result.dtype == np.uint8
        assert result.flags.c_contiguous
        np.testing.assert_array_equal(result, stock(affine, image, [x, y], [0.0, 0.0]))


def test_directions():
    """A dot at column 6, row 2 of a square of 9, whose centre is (4, 4)."""
    image = np.zeros((9, 9, 3), np.uint8)
    image[2, 6] = (1, 2, 3)

    def dot(result):
        [[row, column]] = np.argwhere(result.any(-1))
        assert result[row, column].tolist() == [1, 2, 3]
        return column, row

    assert dot(warp.translate(image, x=2, y=-1)) == (8, 1)
    assert dot(warp.rotate(image, 90)) == (2, 2)  # counter-clockwise
    assert dot(warp.rotate(image, -90)) == (6, 6)
    assert dot(warp.rotate(image, 180)) == (2, 6)
    # Row 2 has its centre 2.5 pixels from the corner, column 6 has it 6.5.
    assert dot(warp.shear(image, x=0.4)) == (5, 2)
    assert dot(warp.shear(image, x=-0.4)) == (7, 2)
    assert dot(warp.shear(image, y=-0.16)) == (6, 3)


def test_what_comes_from_outside_is_black():
    image = np.full((20, 30, 3), 255, np.uint8)
    moved = warp.translate(image, x=7)
    assert not moved[:, :7].any()
    assert (moved[:, 7:] == 255).all()
    assert warp.translate(image, y=-19).any(axis=(1, 2)).sum() == 1
    for x, y in ((30, 0), (0, -20), (-31, 0), (5, 1000)):
        assert not warp.translate(image, x=x, y=y).any()
    # A triangle as high as the image and 0.3 of that wide; roundings are half a pixel a row.
    black = (warp.shear(image, x=0.3) == 0).all(-1).sum()
    assert black == pytest.approx(0.3 * 20 * 20 / 2, abs=20 / 2)


def test_the_picture_is_not_changed():
    image = PICTURES['noise']
    before = image.copy()
    for result in (warp.shear(image, x=0.1), warp.shear(image, y=0.1), warp.rotate(image, 10),
                   warp.translate(image, x=3), warp.translate(image)):
        assert not np.shares_memory(result, image)
    np.testing.assert_array_equal(image, before)
