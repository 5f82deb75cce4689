from __future__ import annotations

import os

import pytest

from oadp_mm.files.whole_file import remove_partials, replace_file, write_text


def test_names_of_files_keep_their_bytes(tmp_path):
    write_text(tmp_path / 'list.txt', os.fsdecode(b'caf\xe9.jpg\n'))
    assert (tmp_path / 'list.txt').read_bytes() == b'caf\xe9.jpg\n'


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / 'x'
    write_text(path, 'old \u00b1')

    def half(partial):
        partial.write_text('ne')
        raise OSError('No space left')

    with pytest.raises(OSError, match='No space'):
        replace_file(path, half)
    assert path.read_text(encoding='utf-8') == 'old \u00b1'
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_removed(tmp_path):
    for name in ('.a.pth.12.partial', '.hidden', 'a.partial'):
        (tmp_path / name).touch()
    remove_partials(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {'.hidden', 'a.partial'}
