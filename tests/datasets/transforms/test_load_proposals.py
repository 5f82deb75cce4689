from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.transforms import LoadImage, LoadProposals
from oadp_mm.files.proposal_file import Proposals, write_proposals
from tests.datasets.proposal_files import proposal_file

BOXES = {'a.jpg': [[0, 0, 100, 100], [50, 0, 60, 10]], 'sub/a.jpg': [[100, 50, 250, 200]],
         'b.png': []}


@pytest.fixture
def file(tmp_path):
    return proposal_file(tmp_path / 'boxes.npz', BOXES, dict.fromkeys(BOXES, (300, 400)))


def load(file, path, shape=(300, 400), **options):
    results = {'img_path': path, 'img': np.zeros((*shape, 3), np.uint8)}
    return LoadProposals(file, **options)(results)['proposals'].tolist()


def test_an_image_gets_its_filtered_boxes(file):
    """Of 300 x 400 pixels .3 and .8 are 104 and 277; the first box is smaller."""
    assert load(file, '/data/x/sub/a.jpg') == [[100, 50, 250, 200]]
    assert load(file, '/data/x/a.jpg') == [[0, 0, 100, 100]]
    assert load(file, 'a.jpg', least_side=101) == [[0, 0, 400, 300]]


def test_an_image_is_known_by_the_longest_end_of_its_path(file):
    assert load(file, 'sub/a.jpg') == [[100, 50, 250, 200]]
    assert load(file, 'other/a.jpg') == [[0, 0, 100, 100]]
    with pytest.raises(ValueError, match=r'no proposals of 1 of 1 images, such as /data/aa\.jpg'):
        load(file, '/data/aa.jpg')


def test_without_a_box_the_whole_image_is_one(file):
    assert load(file, 'b.png') == [[0, 0, 400, 300]]
    assert load([], 'any.png', (7, 9)) == [[0, 0, 9, 7]]


def test_an_image_that_the_engine_could_not_read_is_one_box(tmp_path):
    file = proposal_file(tmp_path / 'boxes.npz', {'a.jpg': []}, {'a.jpg': (0, 0)})
    assert load(file, 'a.jpg', (7, 9)) == [[0, 0, 9, 7]]


@pytest.mark.parametrize(('min_side', 'shape'), [
    (None, (300, 400)), (150, (150, 200)), (75, (75, 100)), (37, (38, 50))])
def test_boxes_shrink_with_an_image_that_is_decoded_small(file, tmp_path, min_side, shape):
    """An eighth of 300 rows are 37.5, and libjpeg makes them 38."""
    path = tmp_path / 'sub/a.jpg'
    path.parent.mkdir()
    cv2.imwrite(str(path), np.zeros((300, 400, 3), np.uint8))
    results = LoadImage(min_side=min_side)({'img_path': str(path)})
    assert results['img'].shape[:2] == shape
    scale = np.array([shape[1] / 400, shape[0] / 300] * 2)
    [box] = LoadProposals(file)(results)['proposals']
    np.testing.assert_allclose(box, [100, 50, 250, 200] * scale)


@pytest.mark.parametrize('shape', [(300, 399), (301, 400), (400, 300), (150, 199), (600, 800),
                                   (3, 4000)])
def test_an_image_of_another_size_is_another(file, shape):
    with pytest.raises(ValueError, match=rf'a\.jpg has {shape[0]} x {shape[1]} pixels, but its '
                                         r'namesake in \S+boxes\.npz had 300 x 400: make'):
        load(file, '/data/a.jpg', shape)


def test_several_files_are_asked_in_their_order(file, tmp_path):
    other = proposal_file(tmp_path / 'more.npz', {'a.jpg': [[0, 0, 200, 200]],
                                                  'c.jpg': [[9, 9, 159, 159]]},
                          dict.fromkeys(('a.jpg', 'c.jpg'), (300, 400)))
    assert load([file, other], 'a.jpg') == [[0, 0, 100, 100]]
    assert load([other, file], 'a.jpg') == [[0, 0, 200, 200]]
    assert load([file, other], 'c.jpg') == [[9, 9, 159, 159]]


def test_a_file_need_not_be_sorted(file, tmp_path):
    boxes = np.array([[0, 0, side, side] for side in (150, 160, 170)], np.int32)
    names = np.array(['c', 'a', 'b'])
    write_proposals(tmp_path / 'own.npz', Proposals(
        names, np.full((3, 2), 300, np.int32), np.arange(4), boxes, {}))
    for name, side in zip(names, (150, 160, 170), strict=True):
        assert load(tmp_path / 'own.npz', str(name), (300, 300)) == [[0, 0, side, side]]


def test_images_that_lack_proposals_are_told_at_once(file, tmp_path):
    LoadProposals(file).check(['x/a.jpg', 'x/sub/a.jpg'])
    LoadProposals([]).check(['any.jpg'])
    sentence = (f'{file} has no proposals of 2 of 3 images, such as x/c.jpg, only those of 3 '
                'images of pictures: make them by oadp-mm proposals FOLDER --out FILE')
    with pytest.raises(ValueError, match=re.escape(sentence)):
        LoadProposals(file).check(['x/a.jpg', 'x/c.jpg', 'x/d.jpg'])


def test_settings_that_are_none_are_refused(file, tmp_path):
    with pytest.raises(ValueError, match='least_side must be at least 1 pixel, got 0'):
        LoadProposals(file, least_side=0)
    with pytest.raises(FileNotFoundError, match=r'there are no proposals \S+none\.npz'):
        LoadProposals(tmp_path / 'none.npz')
