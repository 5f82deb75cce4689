from __future__ import annotations

import errno
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from oadp_mm.errors import own_sentence
from oadp_mm.files.archive import Form, write_archive
from oadp_mm.files.backbone_file import write_backbone
from oadp_mm.files.whole_file import remove_partials, replace_file, write_bytes, write_text


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system takes no byte more, in any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


NOISE = np.random.default_rng(0).integers(0, 256, 3_000_000, dtype=np.uint8)


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


@pytest.mark.parametrize(('write', 'takes'), [
    (lambda path: write_bytes(path, NOISE.tobytes()), 'about 3.0 MB'),
    (lambda path: replace_file(path, lambda part: part.write_bytes(NOISE.tobytes())),
     'more than 1.0 MB'),
    (lambda path: write_archive(path, Form('noise', 1, {'a': np.uint8}, bool), {'a': NOISE}, {}),
     'more than 1.0 MB'),
    (lambda path: write_backbone({'a': torch.from_numpy(NOISE)}, {}, path, 'openmmlab'),
     'about 3.0 MB'),
], ids=['bytes', 'file', 'archive', 'backbone'])
def test_without_room_the_old_file_stays(write, takes, tmp_path):
    path = tmp_path / 'x.pth'
    path.write_text('old')
    with files_of_at_most(1_000_000), pytest.raises(OSError, match='cannot be written') as caught:
        write(path)
    assert own_sentence(caught.value) == (
        f'{path} cannot be written (File too large): it takes {takes} and there is room for 1.0 '
        'MB: make room and give the same command again, that of a training with --resume')
    assert path.read_text() == 'old'
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_of_with_all_its_room(tmp_path, monkeypatch):
    """What was written of the file, and what is left beside it."""
    def fill(partial):
        partial.write_bytes(bytes(500_000))
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(shutil, 'disk_usage', lambda _: SimpleNamespace(free=250_000))
    with pytest.raises(OSError, match=r'\(No space left on device\): it takes about 2\.0 MB and '
                                      r'there is room for 0\.8 MB: make room'):
        replace_file(tmp_path / 'x', fill, 2_000_000)
    assert not list(tmp_path.iterdir())
