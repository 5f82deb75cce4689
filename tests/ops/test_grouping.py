from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from skimage import data

from oadp_mm.ops.felzenszwalb import pixel_graph, segment
from oadp_mm.ops.grouping import colour_codes, hierarchy, regions, texture_codes
from tests.oracles import grouping as oracle


@pytest.fixture(scope='module', params=[0, 1, 2])
def image(request) -> np.ndarray:
    top = 60 + 40 * request.param
    return np.ascontiguousarray(data.astronaut()[top:top + 50, 150:220])


@pytest.mark.parametrize('by_colour', [True, False])
def test_boxes_are_those_of_the_slow_reference(image, by_colour):
    colours = colour_codes(cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL))
    textures = texture_codes(image)
    labels = segment(pixel_graph(image, .8), 20, 15)
    assert labels.max() > 20
    found = hierarchy(regions(labels, colours, textures), by_colour)
    histograms = [(textures, 72)] + [(colours, 25)] * by_colour
    assert [tuple(box) for box in found.tolist()] == oracle.hierarchy(labels, histograms)


def test_all_is_merged_whatever_the_segments(image):
    codes = np.zeros_like(image)
    labels = np.arange(50 * 70, dtype=np.int32).reshape(50, 70) // 7
    boxes = hierarchy(regions(labels, codes, codes))
    assert len(boxes) == 2 * 500 - 1
    assert boxes[-1].tolist() == [0, 0, 70, 50]
    assert (boxes[:, :2] < boxes[:, 2:]).all() and boxes.min() == 0


def test_one_segment_is_one_box():
    codes = np.zeros((4, 9, 3), np.uint8)
    assert hierarchy(regions(np.zeros((4, 9), np.int32), codes, codes)).tolist() == [[0, 0, 9, 4]]


def test_two_hierarchies_of_the_same_regions_do_not_disturb_each_other(image):
    labels = segment(pixel_graph(image, .8), 20, 15)
    found = regions(labels, colour_codes(image), texture_codes(image))
    first = [hierarchy(found, by_colour) for by_colour in (True, False)]
    for by_colour, boxes in zip((True, False), first, strict=True):
        np.testing.assert_array_equal(hierarchy(found, by_colour), boxes)


def test_colours_fall_into_25_equal_bins():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)
    np.testing.assert_array_equal(colour_codes(levels)[0, :, 0], np.arange(256) * 25 // 256)


@pytest.mark.parametrize('eighth', range(8))
def test_each_eighth_of_the_circle_is_a_texture_of_its_own(eighth):
    """A ramp in a direction in the middle of the eighth; |gradient| by Sobel is 8 a step of 1."""
    angle = math.tau * (eighth + .5) / 8
    y, x = np.mgrid[-4:5, -4:5]
    ramp = np.rint(128 + 16 * (math.cos(angle) * x + math.sin(angle) * y)).astype(np.uint8)
    code = texture_codes(ramp[..., None])[4, 4, 0]
    down, across = math.sin(angle), math.cos(angle)
    assert code // 9 == 4 * (across < 0) + 2 * (down < 0) + (abs(across) < abs(down))
    assert code % 9 == math.floor(math.log2(8 * 16 / 4 + 1))  # 1.1 times that by max + min / 2


def test_every_texture_has_a_bin_and_edges_of_images_do_not_break_it():
    for shape in ((1, 1, 3), (1, 50, 3), (50, 1, 3), (20, 20, 3)):
        noise = 255 * np.random.default_rng(0).integers(0, 2, shape).astype(np.uint8)
        codes = texture_codes(noise)
        assert codes.shape == shape and codes.max() < 72
    flat = texture_codes(np.full((5, 5, 3), 9, np.uint8))
    assert not flat.any()
