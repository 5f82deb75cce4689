"""scikit-image's segmentation is the oracle: compiled by others, from the authors' C++."""
from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from skimage import data
from skimage.segmentation import felzenszwalb

from oadp_mm.ops.felzenszwalb import pixel_graph, segment


def labels(image: np.ndarray, scale: float, sigma: float, min_size: int) -> np.ndarray:
    return segment(pixel_graph(image, sigma), scale, min_size)


@pytest.mark.parametrize('scale', [20, 100, 500])
@pytest.mark.parametrize(('sigma', 'min_size'), [(.8, 20), (.9, 100), (.5, 1)])
def test_labels_are_those_of_scikit_image(scale, sigma, min_size):
    image = data.astronaut()[60:190, 150:350]
    found = labels(image, scale, sigma, min_size)
    assert found.max() > 0
    np.testing.assert_array_equal(
        found, felzenszwalb(image, scale=scale, sigma=sigma, min_size=min_size))


def test_ties_are_those_of_scikit_image(monkeypatch):
    """Without smoothing most edges cost what another does; sorted stably it takes them as ours."""
    monkeypatch.setattr(np, 'argsort', partial(np.argsort, kind='stable'))
    image = data.astronaut()[60:190, 150:350]
    np.testing.assert_array_equal(
        labels(image, 100, 0, 20), felzenszwalb(image, scale=100, sigma=0, min_size=20))


@pytest.mark.parametrize('shape', [(1, 1), (1, 40), (40, 1), (2, 37), (33, 2)])
def test_strips_are_segmented_too(shape):
    image = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    np.testing.assert_array_equal(labels(image, 30, .5, 3),
                                  felzenszwalb(image, scale=30, sigma=.5, min_size=3))


def test_one_graph_serves_all_scales():
    image = data.chelsea()[50:150, 100:250]
    graph = pixel_graph(image, .8)
    before = graph.cost.copy(), graph.ends.copy()
    counts = [int(segment(graph, scale, 20).max()) for scale in (30, 100, 300)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]
    np.testing.assert_array_equal(graph.cost, before[0])
    np.testing.assert_array_equal(graph.ends, before[1])
    assert (np.diff(graph.cost) >= 0).all()


def test_edges_are_all_pairs_of_neighbours_and_ties_stay_in_their_order():
    graph = pixel_graph(np.zeros((3, 4, 3), np.uint8), 1.)
    pairs = {(int(a), int(b)) for a, b in graph.ends}
    near = {(a, b) for a in range(12) for b in range(a + 1, 12)
            if max(abs(a // 4 - b // 4), abs(a % 4 - b % 4)) == 1}
    assert pairs == near and len(graph.ends) == len(near)
    right = [(y * 4 + x, y * 4 + x + 1) for y in range(3) for x in range(3)]
    assert [tuple(map(int, pair)) for pair in graph.ends[:9]] == right


def test_one_colour_is_one_segment():
    assert not labels(np.full((20, 30, 3), 77, np.uint8), 1, .8, 1).any()


def test_halves_are_two_segments_numbered_by_their_first_pixels():
    image = np.zeros((20, 30, 3), np.uint8)
    image[:, 11:] = 255
    found = labels(image, 100, 0, 1)
    assert not found[:, :11].any() and (found[:, 11:] == 1).all()


def test_no_segment_is_smaller_than_it_may_be():
    image = np.random.default_rng(2).integers(0, 256, (50, 60, 3)).astype(np.uint8)
    assert np.bincount(labels(image, 5, .3, 40).ravel()).min() >= 40
