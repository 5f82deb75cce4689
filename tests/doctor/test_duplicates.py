"""Copies among images, and test images that are learned from."""
from __future__ import annotations

import pytest

from oadp_mm.doctor.duplicates import duplicate_finding, duplicates, leak_finding


@pytest.fixture
def files(tmp_path):
    """Two copies, one as long with another end, one with the same end and another beginning."""
    whole = bytes(range(256)) * 40
    contents = {'a': whole, 'b': whole, 'c': whole[:-1] + b'x', 'd': b'x' + whole[1:],
                'e': whole + b'more'}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


def test_only_the_same_bytes_are_copies(files):
    assert duplicates(reversed(files.values())) == [[files['a'], files['b']]]


def test_each_file_is_counted_once(files):
    counted = []
    duplicates(files.values(), lambda name, done: counted.append(done))
    assert sum(counted) == 5


def test_what_cannot_be_read_is_like_nothing(tmp_path):
    assert duplicates([str(tmp_path / 'x'), str(tmp_path / 'y'), str(tmp_path)]) == []


def test_copies_are_noted_and_all_listed(files):
    groups = [['a', 'b', 'c'], ['d', 'e']]
    found = duplicate_finding(groups, 'abcdefg')
    assert found.mark == 'note' and found.sentence.startswith('3 of 7 images are exact copies')
    assert found.items == ('a = b = c', 'd = e')
    assert duplicate_finding([], 'ab').mark == 'ok'
    assert duplicate_finding(groups, 'ad').mark == 'ok'  # the others are not seen


def test_a_copy_in_the_other_split_is_a_leak():
    groups = [{'train/a', 'test/b', 'test/c'}, {'train/d', 'train/e'}, {'test/f', 'test/g'}]
    train, test = ('train/a', 'train/d', 'train/e'), ('test/b', 'test/c', 'test/f', 'test/g')
    found = leak_finding(groups, train, test)
    assert found.mark == 'problem'
    assert found.items == ('train/a = test/b', 'train/a = test/c')
    assert '2 of 4 test images' in found.sentence
    assert leak_finding(groups[1:], train, test).mark == 'ok'
