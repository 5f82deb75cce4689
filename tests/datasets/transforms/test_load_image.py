from __future__ import annotations

import copy

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.transforms import LoadImage
from oadp_mm.registry import TRANSFORMS


def test_an_image_is_read_with_its_shape(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    path = str(tmp_path / 'tiny.png')
    cv2.imwrite(path, pixels)
    results = TRANSFORMS.build({'type': 'oadp_mm.LoadImage'})({'img_path': path})
    np.testing.assert_array_equal(results['img'], pixels)
    assert results['img_shape'] == results['ori_shape'] == (5, 7)


def test_the_rule_for_sixteen_bits_is_passed_on(tmp_path):
    path = str(tmp_path / 'deep.png')
    cv2.imwrite(path, np.array([[0, 1000], [500, 1000]], np.uint16))
    assert LoadImage()({'img_path': path})['img'].max() == 1000 // 256
    assert LoadImage(sixteen_bit='minmax')({'img_path': path})['img'].max() == 255


def test_an_unreadable_file_is_named_with_the_reason(tmp_path):
    (tmp_path / 'page.jpg').write_bytes(b'404 not found')
    for name, reason in (('page.jpg', 'it is not an image'), ('missing.jpg', 'No such file')):
        with pytest.raises(UnreadableImage, match=rf'{name} cannot be read: {reason}'):
            LoadImage()({'img_path': str(tmp_path / name)})


def test_an_unknown_rule_is_refused_at_construction():
    with pytest.raises(ValueError, match="must be 'range' or 'minmax'"):
        LoadImage(sixteen_bit='none')


def test_a_least_side_is_passed_on(tmp_path):
    path = str(tmp_path / 'large.jpg')
    cv2.imwrite(path, np.zeros((64, 96, 3), np.uint8))
    results = LoadImage(min_side=32)({'img_path': path})
    assert results['img'].shape[:2] == results['img_shape'] == (32, 48)


@pytest.mark.parametrize(('name', 'unit'), [
    ('min_side', 'pixels'), ('max_pixels', 'pixels'), ('max_bytes', 'bytes')])
def test_a_least_side_and_a_most_of_nothing_are_refused(name, unit):
    with pytest.raises(ValueError, match=f'{name} must be a number of {unit} above 0, got 0'):
        LoadImage(**{name: 0})


def test_the_most_pixels_are_passed_on(tmp_path):
    path = str(tmp_path / 'x.png')
    cv2.imwrite(path, np.zeros((8, 8), np.uint8))
    with pytest.raises(UnreadableImage, match='8 x 8 pixels, more than max_pixels=63 allows'):
        LoadImage(max_pixels=63)({'img_path': path})


def test_darkness_is_judged_over_all_sixteen_bit_images(tmp_path):
    path = str(tmp_path / 'x.png')
    load = LoadImage()
    copied = copy.deepcopy(load)
    assert load.bits.is_shared()
    assert copied.bits.is_shared()
    for value, bits in ((200, None), (300, 9), (5000, 13), (900, 13), (40000, None), (900, None)):
        deep = np.full((2, 2), value, np.uint8 if bits is None and value == 200 else np.uint16)
        cv2.imwrite(path, deep)
        load({'img_path': path})
        said = load.darkness()
        assert said is None if bits is None else f'no value above {2 ** bits - 1},' in said
    assert copied.darkness() is None
