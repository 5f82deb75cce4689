from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.datasets.transforms import CorrespondingWindow, JitteredWindow, MultiView
from oadp_mm.datasets.transforms.load_correspondences import Patch
from oadp_mm.ops.windows import Window
from tests.datasets.transforms.test_resized_window import CROP, FLIP

IMAGE, OTHER = np.random.default_rng(0).integers(0, 256, (2, 60, 90, 3), dtype=np.uint8)
BOX = np.array([10.0, 20, 26, 36])
ITEM = {'img': IMAGE, 'proposals': BOX[None],
        'correspondence': {'query': Patch(IMAGE, BOX), 'key': Patch(OTHER, BOX + 5)}}


@pytest.mark.parametrize(('crop', 'expected', 'window'), [
    ({'type': 'ProposalWindow'}, IMAGE[20:36, 10:26], Window(20, 10, 16, 16, (16, 16))),
    ({'type': 'CorrespondingWindow', 'side': 'query'}, IMAGE[20:36, 10:26],
     Window(20, 10, 16, 16, (16, 16))),
    ({'type': 'CorrespondingWindow', 'side': 'key'}, OTHER[25:41, 15:31],
     Window(25, 15, 16, 16, (16, 16), of_neighbour=True)),
])
def test_a_box_of_the_size_of_its_view_is_cut_as_it_is(crop, expected, window):
    crop = {**crop, 'type': f'oadp_mm.{crop["type"]}', 'scale': 16}
    made = MultiView(crop, [], {'a': {}})(dict(ITEM))
    assert made['windows'] == [window]
    np.testing.assert_array_equal(made['img'][0], expected)


def test_a_jittered_one_follows_the_view_it_is_like():
    """Without shift, of one area and shape; and a flip is no part of the rectangle."""
    like = {'type': 'oadp_mm.JitteredWindow', 'scale': 8, 'like': 'a', 'shift': 0, 'area': (1, 1)}
    views = {'a': {'changes': [FLIP]}, 'b': {'crop': {**like, 'ratio': (1, 1)}},
             'c': {'crop': {**like, 'ratio': (1.5, 1.5), 'min_iou': 0}}}
    for _ in range(5):
        a, b, c = MultiView(CROP, [], views)({'img': IMAGE})['windows']
        centre, area = a.box[:2] + a.box[2:], a.width * a.height
        for other, ratio in ((b, 1), (c, 1.5)):
            if other.rectangle != a.rectangle:  # one of this shape was not in the image
                assert np.abs(other.box[:2] + other.box[2:] - centre).max() <= 1
                assert abs(other.width - (area * ratio) ** .5) <= .5
                assert abs(other.height - (area / ratio) ** .5) <= .5
        assert not b.flipped and not c.flipped


def test_a_view_of_the_neighbour_is_nowhere_in_the_image():
    views = {'a': {'crop': {'type': 'oadp_mm.CorrespondingWindow', 'side': 'key', 'scale': 8}},
             'b': {'crop': {'type': 'oadp_mm.JitteredWindow', 'like': 'a', 'scale': 8}}}
    with pytest.raises(ValueError, match="cut like 'a', but the earlier views whose place in the "
                                         'image is known are none'):
        MultiView(CROP, [], views)(dict(ITEM))


@pytest.mark.parametrize(('wrong', 'sentence'), [
    ({'shift': -.1}, "shift must be a share of a box's sides of at least 0, got -0.1"),
    ({'area': (2, .5)}, r'area must be \(least, greatest\) with 0 < least <= greatest, got \(2'),
    ({'ratio': (0, 1)}, r'ratio must be \(least, greatest\) with'),
    ({'min_iou': 1.5}, r'min_iou must lie in 0\.\.1, got 1\.5'),
    ({'tries': 0}, 'tries must be a number of at least 1, got 0'),
    ({'scale': 0}, 'scale must be a positive number of pixels or two'),
])
def test_settings_that_are_none_are_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        JitteredWindow(**{'scale': 8, 'like': 'a', **wrong})


def test_a_correspondence_has_two_sides():
    with pytest.raises(ValueError, match="side must be one of query, key, got 'value'"):
        CorrespondingWindow(8, 'value')
