from __future__ import annotations

import json
import os
import re
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from oadp_mm.files import proposal_file
from oadp_mm.files.proposal_file import (
    FORM,
    read_index,
    read_proposals,
    write_in_pieces,
    write_proposals,
)
from oadp_mm.files.proposals import Proposals

BOXES = np.array([[0, 0, 5, 4], [1, 2, 3, 4], [2, 2, 9, 8]], np.int32)
MADE = Proposals(names=np.array(['a.png', 'b/c.png', 'd.png']),
                 sizes=np.array([[4, 5], [6, 7], [8, 9]], np.int32),
                 lengths=np.array([70, 80, -1]), offsets=np.array([0, 2, 2, 3]), boxes=BOXES,
                 meta={'method': 'oadp', 'folder': 'photos'})


def test_what_is_read_is_what_was_written(tmp_path):
    write_proposals(tmp_path / 'p.npz', MADE)
    read = read_proposals(tmp_path / 'p.npz')
    for name in ('names', 'sizes', 'lengths', 'offsets', 'boxes'):
        np.testing.assert_array_equal(getattr(read, name), getattr(MADE, name))
        assert getattr(read, name).dtype == getattr(MADE, name).dtype
    assert read.meta == {'format': 'oadp_mm.proposals/2', **MADE.meta}
    assert [file.name for file in tmp_path.iterdir()] == ['p.npz']


def test_each_image_has_its_boxes():
    assert [len(MADE.of(name)) for name in MADE.names] == [2, 0, 1]
    np.testing.assert_array_equal(MADE.of('a.png'), BOXES[:2])
    np.testing.assert_array_equal(MADE.of('d.png'), BOXES[2:])


def test_the_same_proposals_give_the_same_bytes(tmp_path):
    for name in ('one', 'two'):
        write_proposals(tmp_path / name, MADE)
    assert (tmp_path / 'one').read_bytes() == (tmp_path / 'two').read_bytes()


def test_boxes_may_come_in_pieces(tmp_path):
    """Of an image, of several, or of none."""
    write_proposals(tmp_path / 'whole', MADE)
    write_in_pieces(tmp_path / 'pieces', MADE, iter([BOXES[:1], BOXES[:0], BOXES[1:]]))
    assert (tmp_path / 'pieces').read_bytes() == (tmp_path / 'whole').read_bytes()


def test_all_but_the_boxes_can_be_read_alone(tmp_path):
    write_proposals(tmp_path / 'p.npz', MADE)
    index = read_index(tmp_path / 'p.npz')
    assert index.number('d.png') == 2 and not hasattr(index, 'boxes')
    np.testing.assert_array_equal(index.offsets, MADE.offsets)


@pytest.mark.parametrize('chunk', [1, 2, 3, 1000])
def test_boxes_are_chosen_while_they_are_read(chunk, tmp_path, monkeypatch):
    """In chunks of whole images, of which one may be larger than a chunk, and some have no box."""
    monkeypatch.setattr(proposal_file, 'CHUNK', chunk)
    counts = [0, 3, 0, 1, 1, 0]
    boxes = np.arange(1, 6)[:, None] * [0, 0, 1, 1]
    write_proposals(tmp_path / 'p.npz', Proposals(
        names=np.array(list('abcdef')), sizes=np.full((6, 2), 9, np.int32), boxes=boxes,
        lengths=np.full(6, -1), offsets=np.cumsum([0, *counts]), meta={}))
    seen = []

    def keep(some, height, width):
        seen.append((len(some), height, width))
        return np.concatenate([some[1:], [[7, 7, 8, 8]]])

    read = read_proposals(tmp_path / 'p.npz', keep)
    assert seen == [(count, 9, 9) for count in counts]
    assert [read.of(name)[:, 2].tolist() for name in 'abcdef'] == [
        [8], [2, 3, 8], [8], [8], [8], [8]]
    assert read.boxes.dtype == np.int32 and read.offsets.dtype == np.int64
    np.testing.assert_array_equal(read_proposals(tmp_path / 'p.npz').boxes, boxes)


def test_of_all_boxes_no_more_than_a_chunk_is_in_memory(tmp_path):
    """16 MB of boxes, of which one in a hundred stays."""
    images, each = 1000, 1000
    boxes = np.tile(np.array([[0, 0, 5, 4]], np.int32), (each, 1))
    index = Proposals(
        names=np.arange(images).astype(str), sizes=np.full((images, 2), 9, np.int32),
        lengths=np.full(images, -1), offsets=np.arange(images + 1) * each, meta={}, boxes=boxes)
    tracemalloc.start()
    try:
        write_in_pieces(tmp_path / 'p.npz', index, (boxes for _ in range(images)))
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(proposal_file, 'CHUNK', 20_000)
            kept = read_proposals(tmp_path / 'p.npz', lambda some, *size: some[:10])
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(kept.boxes) == images * 10
    assert written < 2e6 and read < 4e6


def test_names_that_are_no_utf8_are_kept(tmp_path):
    name = os.fsdecode(b'caf\xe9.png')
    write_proposals(tmp_path / 'p.npz', replace(MADE, names=np.array([name, 'b', 'c'])))
    assert len(read_proposals(tmp_path / 'p.npz').of(name)) == 2
    with pytest.raises(ValueError, match=r'no proposals of x: .* photos, such as caf\\xe9.png'):
        read_proposals(tmp_path / 'p.npz').of('x')


def test_an_image_that_is_not_in_it_is_named():
    with pytest.raises(ValueError, match=r'^there are no proposals of x\.png: the file has those '
                                         r'of 3 images of the folder photos, such as a\.png; make'):
        MADE.of('x.png')


def test_a_file_that_is_not_there_is_told_how_to_make(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'oadp-mm proposals FOLDER --out .*p\.npz'):
        read_proposals(tmp_path / 'p.npz')


def save(path, **changes):
    arrays = {name: getattr(MADE, name) for name in ('names', 'sizes', 'lengths', 'offsets',
                                                     'boxes')}
    with path.open('wb') as file:
        meta = np.array(json.dumps({'format': FORM.format}))
        np.savez(file, **{**arrays, 'meta': meta, **changes})


@pytest.mark.parametrize('wrong', [
    {'offsets': np.array([0, 2, 1, 3])}, {'offsets': np.array([0, 2, 2, 2])},
    {'offsets': np.array([0, 2, 2, 4])}, {'offsets': np.array([0, 2, 3])},
    {'sizes': MADE.sizes[:2]}, {'lengths': MADE.lengths[:2]}, {'boxes': BOXES[:, :3]},
    {'boxes': BOXES.astype(float)}, {'boxes': np.asfortranarray(BOXES)},
    {'meta': np.array('{"format": "oadp_mm.proposals/1"}')}, {'meta': np.array('3')},
    {'names': np.arange(3)}])
def test_arrays_that_do_not_fit_are_refused(wrong, tmp_path):
    save(tmp_path / 'p.npz')
    assert len(read_proposals(tmp_path / 'p.npz')) == 3
    save(tmp_path / 'p.npz', **wrong)
    with pytest.raises(ValueError, match=r'is no file of proposals of the form .*: make it anew by '
                                         r'oadp-mm proposals FOLDER --out \S+p.npz --overwrite$'):
        read_proposals(tmp_path / 'p.npz')


@pytest.mark.parametrize('box', [[9, 2, 2, 8], [2, 8, 9, 2], [2, 2, 2, 8], [-1, 2, 9, 8],
                                 [2, -1, 9, 8], [2, 2, 10, 8], [2, 2, 9, 9]])
@pytest.mark.parametrize('chunk', [1, 1000])
def test_boxes_that_are_none_of_their_images_are_refused(box, chunk, tmp_path, monkeypatch):
    """Of d.png, 8 rows of 9 pixels, which the last box fills."""
    monkeypatch.setattr(proposal_file, 'CHUNK', chunk)
    save(tmp_path / 'p.npz', boxes=np.array([*BOXES[:2], box], np.int32))
    sentence = (f'p.npz has the box {box} of d.png, which is no (x1, y1, x2, y2) in its 9 x 8 '
                'pixels: ')
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read_proposals(tmp_path / 'p.npz', lambda boxes, *size: boxes[:0])


def test_a_changed_box_is_noticed(tmp_path):
    """One that would be in its image, in a file without compression."""
    save(tmp_path / 'p.npz')
    content = (tmp_path / 'p.npz').read_bytes()
    box, other = (np.array(each, np.int32).tobytes() for each in ([2, 2, 9, 8], [1, 2, 9, 8]))
    assert content.count(box) == 1
    (tmp_path / 'p.npz').write_bytes(content.replace(box, other))
    with pytest.raises(ValueError, match='or it is damaged'):
        read_proposals(tmp_path / 'p.npz')


def test_more_than_all_boxes_is_damage(tmp_path):
    save(tmp_path / 'p.npz')
    with zipfile.ZipFile(tmp_path / 'p.npz') as file:
        content = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(tmp_path / 'p.npz', 'w') as file:
        for name, data in content.items():
            file.writestr(name, data + b'x' * (name == 'boxes.npy'))
    with pytest.raises(ValueError, match='or it is damaged'):
        read_proposals(tmp_path / 'p.npz')


def test_damage_is_one_sentence(tmp_path):
    write_proposals(tmp_path / 'p.npz', MADE)
    whole = (tmp_path / 'p.npz').read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 255
    for content in (b'', b'words', whole[:len(whole) // 2], bytes(flipped)):
        (tmp_path / 'p.npz').write_bytes(content)
        with pytest.raises(ValueError, match='or it is damaged: make it anew by oadp-mm'):
            read_proposals(tmp_path / 'p.npz')
    np.savez(tmp_path / 'p.npz', names=np.arange(3))
    with pytest.raises(ValueError, match='is no file of proposals'):
        read_proposals(tmp_path / 'p.npz')
