from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.proposals.engine import SelectiveSearch, each_once, enlarged, reduced
from tests.datasets.proposals.images import photo


def propose(image: np.ndarray, seed: int = 0, **changes) -> np.ndarray:
    return SelectiveSearch(**changes).propose(image, np.random.default_rng(seed))


@pytest.fixture(scope='module')
def image() -> np.ndarray:
    return photo(200, 300, 100)


def test_boxes_lie_in_the_image_and_each_is_there_once(image):
    boxes = propose(image)
    assert boxes.dtype == np.int32 and len(boxes) > 50
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= (300, 200)).all()
    assert (boxes[:, :2] < boxes[:, 2:]).all()
    assert len(np.unique(boxes, axis=0)) == len(boxes)
    assert [0, 0, 300, 200] in boxes.tolist()


def test_a_shape_on_a_plain_ground_is_a_proposal():
    image = np.full((120, 160, 3), 40, np.uint8)
    image[31:77, 43:101] = 40, 90, 220
    assert [43, 31, 101, 77] in propose(image, sigma=0).tolist()


def test_boxes_of_a_reduced_image_are_in_pixels_of_the_whole():
    image = np.full((120, 160, 3), 40, np.uint8)
    image[30:78, 42:102] = 40, 90, 220  # even, so that half of it is exact
    assert [42, 30, 102, 78] in propose(image, sigma=0, min_size=20, long_side=80).tolist()


def test_the_generator_orders_and_chooses_nothing(image):
    one, same, other = propose(image, 1), propose(image, 1), propose(image, 2)
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert sorted(map(tuple, one)) == sorted(map(tuple, other))


def test_the_first_boxes_are_large_and_small_ones(image):
    """Ranks are places, counted from the whole image, times U(0, 1): the mean of the place among
    the first tenth is far from that of a list by size, and below that of a shuffled one."""
    areas = [(box[2:] - box[:2]).prod() for box in propose(image)]
    order = np.argsort(np.argsort(areas)) / len(areas)
    first = order[:len(order) // 10]
    assert .55 < first.mean() < .95 and first.min() < .5


def test_scales_and_mixes_each_add_boxes(image):
    whole = {tuple(box) for box in propose(image)}
    for fewer in (dict(scales=(50,)), dict(scales=(200,)), dict(mixes=(True,)),
                  dict(mixes=(False,))):
        assert {tuple(box) for box in propose(image, **fewer)} < whole


@pytest.mark.parametrize('shape', [(1, 1), (1, 5000), (5000, 1), (40, 20000), (3, 3)])
def test_strange_shapes_have_at_least_the_whole_image(shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    boxes = propose(noise)
    assert [0, 0, shape[1], shape[0]] in boxes.tolist()
    assert (boxes[:, :2] < boxes[:, 2:]).all() and (boxes[:, 2:] <= shape[::-1]).all()


@pytest.mark.parametrize('shape', [(1, 1), (100, 700)])
def test_one_colour_is_one_box(shape):
    image = np.full((*shape, 3), 77, np.uint8)
    assert propose(image).tolist() == [[0, 0, shape[1], shape[0]]]


def test_gray_images_are_searched_too(image):
    gray = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert len(propose(gray)) > 20


def test_what_is_segmented_can_be_rgb(image):
    assert propose(image, space='rgb').tolist() != propose(image).tolist()


@pytest.mark.parametrize(('changes', 'message'), [
    (dict(scales=()), r'scales must be finite numbers above 0, got \[\]'),
    (dict(scales=(50, float('nan'))), r'above 0, got \[50, nan\]'),
    (dict(scales=(float('inf'),)), r'above 0, got \[inf\]'),
    (dict(scales=(1, 0)), r'above 0, got \[1, 0\]'),
    (dict(sigma=-1), 'sigma must lie in 0..100 pixels, got -1'),
    (dict(min_size=0), 'min_size must be 1 pixel or more, got 0'),
    (dict(long_side=8), 'long_side must be 16 pixels or more, got 8'),
    (dict(space='lab'), "space must be 'hsv' or 'rgb', got 'lab'")])
def test_a_wrong_argument_is_one_sentence(changes, message):
    with pytest.raises(ValueError, match=message):
        SelectiveSearch(**changes)


def test_parameters_are_json_and_tell_everything():
    told = json.loads(json.dumps(SelectiveSearch(scales=(7,)).parameters()))
    assert told == {'scales': [7], 'sigma': .8, 'min_size': 50, 'mixes': [True, False],
                    'long_side': 320, 'space': 'hsv', 'version': SelectiveSearch.VERSION}


def test_reduced_images_keep_their_ratio_and_small_ones_their_pixels():
    assert reduced(np.zeros((480, 640, 3), np.uint8), 320).shape == (240, 320, 3)
    assert reduced(np.zeros((20000, 40, 3), np.uint8), 320).shape == (320, 1, 3)
    small = np.zeros((30, 320, 3), np.uint8)
    assert reduced(small, 320) is small and reduced(small, None) is small


def test_edges_are_enlarged_to_the_nearest_pixel():
    """3 pixels are 10: edges 0, 1, 2, 3 at 0, 3.33, 6.67, 10."""
    boxes = np.array([[0, 0, 1, 1], [1, 0, 2, 2], [2, 1, 3, 2]])
    assert enlarged(boxes, (2, 3), (5, 10)).tolist() == [[0, 0, 3, 3], [3, 0, 7, 5], [7, 3, 10, 5]]


def test_a_box_stays_at_its_first_place():
    boxes = np.array([[3, 0, 4, 4], [0, 0, 1, 1], [3, 0, 4, 4], [2, 0, 4, 4], [0, 0, 1, 1]])
    np.testing.assert_array_equal(each_once(boxes), boxes[[0, 1, 3]])
