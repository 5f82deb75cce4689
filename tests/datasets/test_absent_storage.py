from __future__ import annotations

import errno
import logging
import os

import cv2
import numpy as np
import pytest

from oadp_mm.datasets import ImageFolder, absent_storage, image_files
from oadp_mm.datasets.absent_storage import WAITS
from oadp_mm.datasets.decoding import UnreadableImage


class Storage:
    """Files read through mmengine, and a clock that passes as the reader sleeps."""

    def __init__(self, monkeypatch):
        self.now, self.read, self.fails = 0, image_files.fileio.get, lambda path: None
        monkeypatch.setattr(image_files.fileio, 'get', self.get)
        monkeypatch.setattr(absent_storage.time, 'sleep', self.sleep)

    def sleep(self, seconds):
        self.now += seconds

    def get(self, path, **how):
        self.fails(path)
        return self.read(path, **how)


@pytest.fixture
def storage(monkeypatch):
    return Storage(monkeypatch)


@pytest.fixture
def images(tmp_path):
    """Four images in a folder of their own."""
    root = tmp_path / 'mount'
    root.mkdir()
    for number in range(4):
        cv2.imwrite(str(root / f'{number}.png'), np.full((4, 4, 3), number, np.uint8))
    return ImageFolder(root, pipeline=[{'type': 'oadp_mm.LoadImage'}])


def values(dataset):
    return [int(dataset[i]['img'].max()) for i in range(len(dataset))]


@pytest.mark.parametrize('code', [errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT])
def test_a_storage_that_comes_back_within_a_minute_marks_nothing(storage, images, code):
    def fails(path):
        if storage.now < 60:
            raise OSError(code, os.strerror(code))

    storage.fails = fails
    assert values(images) == [0, 1, 2, 3]
    assert images.unreadable == []
    assert 60 <= storage.now == sum(WAITS)


@pytest.mark.parametrize('left', ['nothing', 'an empty place of a mount'])
def test_a_root_that_comes_back_marks_nothing(storage, images, tmp_path, left, monkeypatch):
    root, away = tmp_path / 'mount', tmp_path / 'away'
    root.rename(away)
    if left != 'nothing':
        root.mkdir()

    def sleep(seconds):
        storage.sleep(seconds)
        if storage.now >= 3 and away.exists():
            away.replace(root)

    monkeypatch.setattr(absent_storage.time, 'sleep', sleep)
    assert values(images) == [0, 1, 2, 3]
    assert images.unreadable == []
    assert storage.now == 3


def test_a_root_that_stays_away_ends_in_one_sentence(storage, images, tmp_path):
    (tmp_path / 'mount').rename(tmp_path / 'away')
    with pytest.raises(OSError, match=rf'^image folder {tmp_path}/mount was there and is away, for '
                                      r'more than 63 seconds now: bring it back and add '
                                      r'--resume to the same command$') as end:
        images[0]
    assert not isinstance(end.value, UnreadableImage)
    assert images.unreadable == []


def test_the_wait_is_said_once_as_it_begins(storage, images, monkeypatch):
    said = []
    monkeypatch.setattr(absent_storage, 'print_log',
                        lambda line, **how: said.append((storage.now, line, how)))

    def fails(path):
        if storage.now < 15:
            raise OSError(errno.ESTALE, 'Stale file handle')

    storage.fails = fails
    values(images)
    ((now, line, how),) = said
    assert now == 0
    assert line.endswith('0.png cannot be read: Stale file handle: its storage seems to be away, '
                         'waiting up to 63 seconds for it')
    assert how == {'logger': 'current', 'level': logging.WARNING}


def test_a_connection_that_fails_for_one_file_alone_marks_it_in_the_end(storage, images):
    def fails(path):
        if path.endswith('2.png'):
            raise OSError(errno.EIO, 'Input/output error')

    storage.fails = fails
    values(images)
    assert [os.path.basename(path) for path in images.unreadable] == ['2.png']
    assert storage.now == sum(WAITS)
    assert '2.png cannot be read: Input/output error' in images.reasons()


def test_the_files_own_faults_are_not_waited_for(storage, images, tmp_path):
    (tmp_path / 'mount/0.png').unlink()
    (tmp_path / 'mount/1.png').write_bytes(b'no image')

    def fails(path):
        if path.endswith('2.png'):
            raise PermissionError(errno.EACCES, 'Permission denied')

    storage.fails, images.max_bad_share = fails, 1.0
    assert values(images) == [3] * 4
    assert len(images.unreadable) == 3
    assert storage.now == 0
