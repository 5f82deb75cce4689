from __future__ import annotations

import os

import pytest

from oadp_mm.files.whole_file import replace_file, write_text


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
