from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from oadp_mm.files import correspondence_file
from oadp_mm.files.correspondence_file import read_correspondences, write_correspondences
from oadp_mm.files.correspondences import Correspondences
from oadp_mm.files.proposal_file import read_proposals

#: Of four images with 2, 1, 0 and 3 boxes, of which the third cannot be read. The first has two
#: pairs with each of its two neighbours, the others one.
MADE = Correspondences(
    names=np.array(['a.png', 'b/c.png', 'd.png', 'e.png']),
    sizes=np.array([[4, 5], [6, 7], [0, 0], [8, 9]], np.int32), lengths=np.array([70, 80, 9, -1]),
    offsets=np.array([0, 2, 3, 3, 6]),
    boxes=np.array([[0, 0, 5, 4], [1, 2, 3, 4], [2, 2, 7, 6], [0, 0, 1, 1], [0, 1, 9, 8],
                    [5, 5, 6, 6]], np.int32),
    neighbours=np.array([[1, 3], [3, 0], [-1, -1], [0, 1]], np.int32),
    pair_offsets=np.array([0, 4, 6, 6, 8]),
    pairs=np.array([[0, 0], [1, 0], [1, 2], [0, 1], [0, 2], [0, 1], [2, 1], [1, 0]], np.int16),
    cosines=np.arange(8, 0, -1).astype(np.float16) / 8, meta={'folder': 'photos', 'share': .5})
ARRAYS = [name for name in vars(MADE) if name != 'meta']


def test_what_is_read_is_what_was_written(tmp_path):
    for name in ('one', 'two'):
        write_correspondences(tmp_path / name, MADE)
    read = read_correspondences(tmp_path / 'one')
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(read, name), getattr(MADE, name))
        assert getattr(read, name).dtype == getattr(MADE, name).dtype
    assert read.meta == {'format': 'oadp_mm.correspondences/1', **MADE.meta}
    assert (tmp_path / 'one').read_bytes() == (tmp_path / 'two').read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ['one', 'two']


def test_each_image_has_its_boxes_and_pairs():
    assert len(MADE) == 4 and MADE.number('e.png') == 3
    assert [len(MADE.boxes_of(image)) for image in range(4)] == [2, 1, 0, 3]
    np.testing.assert_array_equal(MADE.boxes_of(3), MADE.boxes[3:])
    assert [[MADE.pairs_of(image, rank).tolist() for rank in (0, 1)] for image in range(4)] == [
        [[[0, 0], [1, 0]], [[1, 2], [0, 1]]], [[[0, 2]], [[0, 1]]], [[], []],
        [[[2, 1]], [[1, 0]]]]
    assert MADE.cosines_of(0, 1).tolist() == [6 / 8, 5 / 8]


def test_an_image_that_is_not_in_it_is_named():
    with pytest.raises(ValueError, match=r'^there are no correspondences of x\.png: .*; make one '
                                         r'of your images by oadp-mm correspondences FOLDER'):
        MADE.number('x.png')


@pytest.mark.parametrize('wrong', [
    {'names': np.arange(4)}, {'sizes': MADE.sizes[:3]}, {'lengths': MADE.lengths[:3]},
    {'offsets': MADE.offsets[:4]}, {'offsets': np.array([0, 2, 1, 3, 6])},
    {'offsets': np.array([0, 2, 3, 3, 7])}, {'boxes': MADE.boxes[:, :3]},
    {'boxes': MADE.boxes + 1}, {'boxes': MADE.boxes[:, [2, 3, 0, 1]]},
    {'boxes': MADE.boxes.astype(np.int64)}, {'boxes': MADE.boxes - np.int32(1)},
    {'neighbours': np.maximum(MADE.neighbours, 0)}, {'neighbours': MADE.neighbours[:3]},
    {'neighbours': np.array([[1, 2], [3, 0], [-1, -1], [0, 1]], np.int32)},
    {'pair_offsets': np.array([0, 3, 6, 6, 8])}, {'pair_offsets': np.array([0, 4, 4, 6, 8])},
    {'pair_offsets': np.array([0, 4, 6, 8, 8])}, {'pairs': MADE.pairs[:7]},
    {'pairs': MADE.pairs[::-1]}, {'pairs': MADE.pairs - np.int16(1)},
    {'pairs': MADE.pairs[:, ::-1]}, {'cosines': MADE.cosines[:7]},
    {'cosines': MADE.cosines.astype(np.float32)}])
@pytest.mark.parametrize('at_once', [1, 4096])
def test_arrays_that_do_not_fit_are_refused(wrong, at_once, tmp_path, monkeypatch):
    monkeypatch.setattr(correspondence_file, '_AT_ONCE', at_once)
    write_correspondences(tmp_path / 'p.npz', MADE)
    assert len(read_correspondences(tmp_path / 'p.npz')) == 4
    write_correspondences(tmp_path / 'p.npz', replace(MADE, **wrong))
    with pytest.raises(ValueError, match=r'is no file of correspondences of the form .*: make it '
                                         r'anew by oadp-mm correspondences FOLDER .*--out \S+p.npz '
                                         r'--overwrite$'):
        read_correspondences(tmp_path / 'p.npz')


def test_damage_is_one_sentence(tmp_path):
    write_correspondences(tmp_path / 'p.npz', MADE)
    whole = (tmp_path / 'p.npz').read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 255
    for content in (b'', b'words', whole[:len(whole) // 2], bytes(flipped)):
        (tmp_path / 'p.npz').write_bytes(content)
        with pytest.raises(ValueError, match='or it is damaged: make it anew by oadp-mm'):
            read_correspondences(tmp_path / 'p.npz')
    np.savez(tmp_path / 'p.npz', meta=np.array(json.dumps({'format': 'oadp_mm.proposals/2'})))
    with pytest.raises(ValueError, match='is a file of proposals, not of correspondences'):
        read_correspondences(tmp_path / 'p.npz')


def test_it_is_no_file_of_proposals(tmp_path):
    write_correspondences(tmp_path / 'p.npz', MADE)
    with pytest.raises(ValueError, match='is a file of correspondences, not of proposals'):
        read_proposals(tmp_path / 'p.npz')


def test_a_file_that_is_not_there_is_told_how_to_make(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'oadp-mm correspondences FOLDER .*--out \S+z$'):
        read_correspondences(tmp_path / 'p.npz')
