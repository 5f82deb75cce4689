from __future__ import annotations

import mmcv
import numpy as np
import pytest

from oadp_mm.datasets.transforms import MultiView, ResizedWindow
from oadp_mm.ops.windows import Window

IMAGE = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
CROP = {'type': 'oadp_mm.RandomResizedWindow', 'scale': 32, 'backend': 'pillow'}
FLIP = {'type': 'RandomFlip', 'prob': 1.0}


@pytest.mark.parametrize('backend', ['cv2', 'pillow'])
def test_the_whole_image_is_resized_whatever_its_ratio(backend):
    results = ResizedWindow((32, 40), backend=backend)({'img': IMAGE})
    assert results['window'] == Window(0, 0, 60, 90, (32, 40))
    assert results['img_shape'] == (32, 40)
    np.testing.assert_array_equal(results['img'], mmcv.imresize(IMAGE, (40, 32), backend=backend))


def test_an_earlier_view_s_rectangle_is_shown_at_another_size():
    """Resized to the same size it is the same view, though that one was flipped."""
    like = {'type': 'oadp_mm.ResizedWindow', 'scale': 32, 'like': 'b', 'backend': 'pillow'}
    views = MultiView(CROP, [], {'a': {}, 'b': {'changes': [FLIP]}, 'c': {'crop': like},
                                 'd': {'crop': {**like, 'scale': 16}}})
    for _ in range(5):
        results = views({'img': IMAGE})
        _, second, third, fourth = results['windows']
        assert second.rectangle == third.rectangle == fourth.rectangle
        assert (second.flipped, third.flipped, fourth.size) == (True, False, (16, 16))
        np.testing.assert_array_equal(results['img'][1][:, ::-1], results['img'][2])


def test_a_crop_of_another_type_takes_none_of_the_common_settings():
    common = {**CROP, 'crop_ratio_range': (0.5, 1.0)}
    views = MultiView(common, [], {'a': {'crop': {'type': 'oadp_mm.ResizedWindow', 'scale': 8}},
                                   'b': {'crop': {'type': CROP['type'], 'scale': 16}}})
    [[whole], _], [[crop], _] = ((steps.transforms, changes) for steps, changes in views.transforms)
    assert whole.size == (8, 8)
    assert (crop.scale, crop.crop_ratio_range, crop.backend) == ((16, 16), (0.5, 1.0), 'pillow')


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
