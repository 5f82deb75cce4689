from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.datasets.transforms import MultiView, ResizedWindow
from oadp_mm.ops.windows import Window

IMAGE = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
CROP = {'type': 'oadp_mm.RandomResizedWindow', 'scale': 32}
FLIP = {'type': 'RandomFlip', 'prob': 1.0}


@pytest.mark.parametrize('interpolation', ['bilinear', 'bicubic'])
def test_the_whole_image_is_resized_whatever_its_ratio(interpolation):
    results = ResizedWindow((32, 40), interpolation=interpolation)({'img': IMAGE})
    window = Window(0, 0, 60, 90, (32, 40))
    assert results['window'] == window
    assert results['img_shape'] == (32, 40)
    np.testing.assert_array_equal(results['img'], window.cut(IMAGE, interpolation))


def test_an_earlier_view_s_rectangle_is_shown_at_another_size():
    """Resized to the same size it is the same view, though that one was flipped."""
    like = {'type': 'oadp_mm.ResizedWindow', 'scale': 32, 'like': 'b'}
    views = MultiView(CROP, [], {'a': {}, 'b': {'changes': [FLIP]}, 'c': {'crop': like},
                                 'd': {'crop': {**like, 'scale': 16}}})
    for _ in range(5):
        results = views({'img': IMAGE})
        _, second, third, fourth = results['windows']
        assert second.rectangle == third.rectangle == fourth.rectangle
        assert (second.flipped, third.flipped, fourth.size) == (True, False, (16, 16))
        np.testing.assert_array_equal(results['img'][1][:, ::-1], results['img'][2])


def test_a_crop_of_another_type_takes_none_of_the_common_settings():
    common = {**CROP, 'crop_ratio_range': (0.5, 1.0), 'interpolation': 'bicubic'}
    views = MultiView(common, [], {'a': {'crop': {'type': 'oadp_mm.ResizedWindow', 'scale': 8}},
                                   'b': {'crop': {'type': CROP['type'], 'scale': 16}}})
    [[whole], _], [[crop], _] = ((steps.transforms, changes) for steps, changes in views.transforms)
    assert (whole.size, whole.interpolation) == ((8, 8), 'bilinear')
    assert (crop.scale, crop.crop_ratio_range, crop.interpolation) == (
        (16, 16), (0.5, 1.0), 'bicubic')


def test_only_an_earlier_view_can_be_repeated():
    like = {'crop': {'type': 'oadp_mm.ResizedWindow', 'scale': 8, 'like': 'b'}}
    with pytest.raises(ValueError, match="like 'b', but the earlier views whose place in the image "
                                         'is known are none: name one'):
        MultiView(CROP, [], {'a': like, 'b': {}})({'img': IMAGE})
    with pytest.raises(ValueError, match='known are aa: name one of them'):
        MultiView(CROP, [], {'aa': {}, 'ab': like, 'b': {}})({'img': IMAGE})


@pytest.mark.parametrize('scale', [0, (3,), (4, 0), (4.0, 4)])
def test_sizes_that_are_none_are_refused(scale):
    with pytest.raises(ValueError, match='scale must be a positive number of pixels or two'):
        ResizedWindow(scale)


def test_an_interpolation_that_aliases_is_refused():
    with pytest.raises(ValueError, match="must be 'bilinear' or 'bicubic', got 'nearest'"):
        ResizedWindow(8, interpolation='nearest')
