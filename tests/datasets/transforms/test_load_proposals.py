from __future__ import annotations

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.transforms import LoadImage, LoadProposals
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


@pytest.fixture
def alike(tmp_path):
    """Files of folders with the same names: one box each, 110 pixels wide in A and 120 in B."""
    sizes = {'1.png': (200, 200)}
    return [proposal_file(tmp_path / f'{name}.npz', {'1.png': [[0, 0, side, side]]}, sizes,
                          Path(name)) for name, side in (('A', 110), ('B', 120))]


@pytest.mark.parametrize('order', [1, -1])
def test_of_several_files_the_folder_decides(alike, order):
    for path, side in (('x/A/1.png', 110), ('/x/B/1.png', 120)):
        assert load(alike[::order], path, (200, 200)) == [[0, 0, side, side]]
    assert load(alike[0], 'moved/1.png', (200, 200)) == [[0, 0, 110, 110]]


def test_an_image_that_several_files_claim_is_refused(alike):
    sentence = f'C/1.png may be in {alike[0]} as well as in {alike[1]}, by the end of its path'
    with pytest.raises(ValueError, match=re.escape(sentence)):
        load(alike, 'C/1.png', (200, 200))
    with pytest.raises(ValueError, match=re.escape(sentence)):
        LoadProposals(alike).check(['A/1.png', 'C/1.png'])


def test_the_folder_counts_as_a_name(tmp_path):
    """In sub/ lie a.png and sub/a.png; in any folder x but sub/, x/a.png can only be the former."""
    file = proposal_file(tmp_path / 'p.npz', {'a.png': [[0, 0, 110, 110]],
                                              'sub/a.png': [[0, 0, 120, 120]]},
                         dict.fromkeys(('a.png', 'sub/a.png'), (200, 200)), Path('sub'))
    for path, side in (('y/sub/a.png', 110), ('y/sub/sub/a.png', 120), ('y/a.png', 110)):
        assert load(file, path, (200, 200)) == [[0, 0, side, side]]


def test_images_in_the_current_folder_are_in_a_folder(alike, tmp_path, monkeypatch):
    (tmp_path / 'B').mkdir()
    monkeypatch.chdir(tmp_path / 'B')
    assert load(alike, '1.png', (200, 200)) == [[0, 0, 120, 120]]


def test_other_images_of_the_same_names_are_noticed_and_moved_ones_are_not(tmp_path):
    names = ['a.png', 'below/b.png']
    for name, pixels in zip(names, (3, 5), strict=True):
        (tmp_path / 'A' / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / 'A' / name), np.eye(pixels))
    file = proposal_file(tmp_path / 'A.npz', dict.fromkeys(names, ()),
                         dict.fromkeys(names, (300, 300)), tmp_path / 'A')
    moved = shutil.copytree(tmp_path / 'A', tmp_path / 'B')
    LoadProposals(file).check(str(moved / name) for name in names)
    LoadProposals(file).check(['of no file/a.png'])
    (moved / names[1]).write_bytes(b'another')
    sentence = (f'{file} has proposals of other images than 1 of these 2, such as {moved}/below/'
                'b.png, whose file has another number of bytes: make those of your images by '
                'oadp-mm proposals FOLDER --out FILE --overwrite')
    with pytest.raises(ValueError, match=re.escape(sentence)):
        LoadProposals(file).check(str(moved / name) for name in names)


def test_several_files_are_asked(file, tmp_path):
    other = proposal_file(tmp_path / 'more.npz', {'c.jpg': [[9, 9, 159, 159]]},
                          {'c.jpg': (300, 400)})
    assert load([file, other], 'a.jpg') == [[0, 0, 100, 100]]
    assert load([file, other], 'c.jpg') == [[9, 9, 159, 159]]


def test_a_file_need_not_be_sorted(file, tmp_path):
    sides = {'c': 150, 'a': 160, 'b': 170}
    own = proposal_file(tmp_path / 'own.npz', {name: [[0, 0, sides[name], sides[name]]]
                                               for name in sides}, dict.fromkeys(sides, (300, 300)))
    for name, side in sides.items():
        assert load(own, name, (300, 300)) == [[0, 0, side, side]]


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
