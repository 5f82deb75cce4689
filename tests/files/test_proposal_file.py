from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from oadp_mm.files.proposal_file import Proposals, read_proposals, write_proposals

BOXES = np.array([[0, 0, 5, 4], [1, 2, 3, 4], [2, 2, 9, 8]], np.int32)
MADE = Proposals(names=np.array(['a.png', 'b/c.png', 'd.png']),
                 sizes=np.array([[4, 5], [6, 7], [8, 9]], np.int32),
                 offsets=np.array([0, 2, 2, 3]), boxes=BOXES,
                 meta={'method': 'oadp', 'folder': 'photos'})


def test_what_is_read_is_what_was_written(tmp_path):
    write_proposals(tmp_path / 'p.npz', MADE)
    read = read_proposals(tmp_path / 'p.npz')
    for name in ('names', 'sizes', 'offsets', 'boxes'):
        np.testing.assert_array_equal(getattr(read, name), getattr(MADE, name))
        assert getattr(read, name).dtype == getattr(MADE, name).dtype
    assert read.meta == {'format': 'oadp_mm.proposals/1', **MADE.meta}
    assert [file.name for file in tmp_path.iterdir()] == ['p.npz']


def test_each_image_has_its_boxes():
    assert [len(MADE.of(name)) for name in MADE.names] == [2, 0, 1]
    np.testing.assert_array_equal(MADE.of('a.png'), BOXES[:2])
    np.testing.assert_array_equal(MADE.of('d.png'), BOXES[2:])


def test_the_same_proposals_give_the_same_bytes(tmp_path):
    for name in ('one', 'two'):
        write_proposals(tmp_path / name, MADE)
    assert (tmp_path / 'one').read_bytes() == (tmp_path / 'two').read_bytes()


def test_names_that_are_no_utf8_are_kept(tmp_path):
    name = os.fsdecode(b'caf\xe9.png')
    write_proposals(tmp_path / 'p', replace(MADE, names=np.array([name, 'b', 'c'])))
    assert len(read_proposals(tmp_path / 'p').of(name)) == 2
    with pytest.raises(ValueError, match=r'no proposals of x: .* photos, such as caf\\xe9.png'):
        read_proposals(tmp_path / 'p').of('x')


def test_an_image_that_is_not_in_it_is_named():
    with pytest.raises(ValueError, match=r'^there are no proposals of x\.png: the file has those '
                                         r'of 3 images of the folder photos, such as a\.png; make'):
        MADE.of('x.png')


def test_a_file_that_is_not_there_is_told_how_to_make(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'oadp-mm proposals FOLDER --out .*p\.npz'):
        read_proposals(tmp_path / 'p.npz')


@pytest.mark.parametrize('wrong', [
    {'offsets': np.array([0, 2, 1, 3])}, {'offsets': np.array([0, 2, 2, 2])},
    {'offsets': np.array([0, 2, 3])}, {'sizes': MADE.sizes[:2]}, {'boxes': BOXES[:, :3]},
    {'boxes': BOXES.astype(float)}, {'meta': {'format': 'another'}}, {'names': np.arange(3)}])
def test_arrays_that_do_not_fit_are_refused(wrong, tmp_path):
    write_proposals(tmp_path / 'p', replace(MADE, **wrong))
    with pytest.raises(ValueError, match='is no file of proposals of the form'):
        read_proposals(tmp_path / 'p')


def test_damage_is_one_sentence(tmp_path):
    write_proposals(tmp_path / 'p', MADE)
    whole = (tmp_path / 'p').read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 255
    for content in (b'', b'words', whole[:len(whole) // 2], bytes(flipped)):
        (tmp_path / 'p').write_bytes(content)
        with pytest.raises(ValueError, match='or it is damaged: make it anew by oadp-mm'):
            read_proposals(tmp_path / 'p')
    np.savez(tmp_path / 'p.npz', names=np.arange(3))
    with pytest.raises(ValueError, match='is no file of proposals'):
        read_proposals(tmp_path / 'p.npz')
