from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.transforms import LoadDepth


@pytest.fixture
def written(tmp_path):
    def write(counts: np.ndarray) -> dict:
        path = tmp_path / 'kitchen_1.png'
        assert cv2.imwrite(str(path), counts)
        return {'depth_map_path': str(path), 'seg_fields': []}
    return write


def test_millimetres_become_metres_and_nothing_stays_nothing(written):
    results = LoadDepth()(written(np.array([[0, 1], [2500, 9999]], np.uint16)))
    assert results['seg_fields'] == ['gt_depth_map']
    assert results['gt_depth_map'].dtype == np.float32
    np.testing.assert_allclose(results['gt_depth_map'], [[0, 0.001], [2.5, 9.999]], rtol=1e-6)


def test_another_unit_is_read_when_it_is_named(written):
    results = LoadDepth(unit=1 / 5000)(written(np.array([[0, 12500]], np.uint16)))
    np.testing.assert_allclose(results['gt_depth_map'], [[0, 2.5]], rtol=1e-6)


@pytest.mark.parametrize(('counts', 'sentence'), [
    (np.array([[0, 12500]], np.uint16), 'the far pixels of {} would be 12.5 m away, expected '
     '0.1 to 10: set `unit` of oadp_mm.LoadDepth, now 0.001 m, to what the file counts'),
    (np.array([[1, 9]], np.uint16), 'the far pixels of {} would be 0.00892 m away'),
    (np.zeros((2, 3), np.uint16), '{} has no pixel with a depth (0 means none): take it and'),
    (np.full((2, 3), 7, np.uint8), '{} must hold depths as a 16-bit picture of one channel, got '
     'uint8 of shape (2, 3): write it as PNG of uint16'),
    (np.full((2, 3, 3), 7, np.uint16), 'got uint16 of shape (2, 3, 3)'),
])
def test_what_holds_no_depths_is_refused_in_one_sentence(counts, sentence, written):
    results = written(counts)
    expected = sentence.format(results['depth_map_path'])
    with pytest.raises(ValueError, match=re.escape(expected)) as caught:
        LoadDepth()(results)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('content', [b'', b'404 not found'])
def test_no_picture_is_refused(content, tmp_path):
    path = tmp_path / 'kitchen_1.png'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'kitchen_1\.png must hold .*, got no picture'):
        LoadDepth()({'depth_map_path': str(path)})


def test_an_absent_file_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'absent\.png'):
        LoadDepth()({'depth_map_path': str(tmp_path / 'absent.png')})


@pytest.mark.parametrize('arguments', [dict(unit=0), dict(depths=(0, 10)), dict(depths=(3, 2))])
def test_settings_that_nothing_fits_are_refused(arguments):
    with pytest.raises(ValueError, match='expected a unit above 0 and 0 < least < greatest depth'):
        LoadDepth(**arguments)


def test_a_few_pixels_may_be_anything(written):
    counts = np.full((20, 20), 3000, np.uint16)
    counts[0, :3] = 65535
    assert LoadDepth()(written(counts))['gt_depth_map'].max() == pytest.approx(65.535)


@pytest.mark.parametrize('wrong', [{'unit': float('inf')}, {'unit': 0}, {'depths': (1,)},
                                   {'depths': (2, 1)}])
def test_what_is_no_unit_or_no_range_is_refused(wrong):
    with pytest.raises(ValueError, match='expected a unit above 0 and 0 < least < greatest depth'):
        LoadDepth(**wrong)
