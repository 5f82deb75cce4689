from __future__ import annotations

import errno
import inspect
import os
import socket
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from oadp_mm.datasets import ImageFolder
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.image_files import (
    EXTENSIONS,
    MAX_BYTES,
    images_below,
    left_out_text,
    read_image,
    sort_out,
)
from oadp_mm.datasets.transforms.load_image import LoadImage
from oadp_mm.probes.labelled_images import read_labelled_images


def test_pretraining_and_comparison_count_the_same_files(tmp_path):
    """A file system's and a notebook's leftovers are no images, wherever the folder is used."""
    kept = ['train/cat/1.jpg', 'train/cat/deep/2.PNG', 'train/dog/3.webp']
    left = ['train/cat/._1.jpg', 'train/cat/.ipynb_checkpoints/1-checkpoint.jpg',
            'train/.trash/4.jpg', 'train/dog/notes.txt',
            'train/dog/@eaDir/3.webp/SYNOPHOTO_THUMB_M.jpg', 'train/__MACOSX/6.jpg']
    for name in (*kept, *left, 'test/cat/5.jpg', 'test/dog/._5.jpg'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / 'train/dog/folder.jpg').mkdir()
    expected = [str(tmp_path / name) for name in kept]
    assert images_below(tmp_path / 'train') == expected
    folder = ImageFolder(tmp_path / 'train')
    assert [folder.get_data_info(i)['img_path'] for i in range(len(folder))] == expected
    labelled = read_labelled_images(tmp_path)
    assert labelled.train.paths == tuple(kept)
    assert labelled.test.paths == ('test/cat/5.jpg',)


def test_a_file_is_read_as_the_decoder_is_told(tmp_path):
    path = tmp_path / 'x.jpg'
    cv2.imwrite(str(path), np.zeros((64, 96, 3), np.uint8))
    assert read_image(path).shape == (64, 96, 3)
    assert read_image(str(path), min_side=32).shape == (32, 48, 3)


def test_what_cannot_be_read_is_named_with_the_reason(tmp_path):
    (tmp_path / 'empty.jpg').touch()
    for path, reason in ((tmp_path / 'empty.jpg', 'the file is empty'),
                         (tmp_path / 'none.jpg', 'No such file or directory'),
                         (tmp_path, 'Is a directory')):
        with pytest.raises(UnreadableImage, match=f'^{path} cannot be read: {reason}$'):
            read_image(path)


@pytest.mark.parametrize('ending', EXTENSIONS)
def test_every_ending_that_counts_is_read(tmp_path, ending):
    """.avif by either decoder, the others by both."""
    pixels = np.full((48, 64, 3), 255, np.uint8)
    kind = {'.j2k': 'JPEG2000', '.pbm': 'PPM', '.pgm': 'PPM', '.pnm': 'PPM'}.get(
        ending, Image.registered_extensions()[ending] if ending != '.avif' else 'AVIF')
    mode = {'.pbm': '1', '.pgm': 'L'}.get(ending, 'RGB')
    try:
        Image.fromarray(pixels).convert(mode).save(tmp_path / f'x{ending}', kind)
    except (KeyError, OSError):
        pytest.skip(f'this Pillow writes no {kind}')
    (path,) = images_below(tmp_path)
    assert read_image(path).shape == (48, 64, 3)
    assert read_image(path).min() > 250


@pytest.mark.timeout(10)
def test_what_has_no_end_is_not_read(tmp_path):
    os.mkfifo(tmp_path / 'pipe.jpg')
    (tmp_path / 'zero.jpg').symlink_to('/dev/zero')
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / 'socket.jpg'))
        for name, kind in (('pipe', 'a pipe'), ('zero', 'a device'), ('socket', 'a socket')):
            with pytest.raises(UnreadableImage, match=f'{name}.jpg cannot be read: it is {kind}, '
                                                      'not a regular file'):
                read_image(tmp_path / f'{name}.jpg')


def test_the_most_pixels_are_passed_on(tmp_path):
    path = tmp_path / 'x.png'
    cv2.imwrite(str(path), np.zeros((8, 8, 3), np.uint8))
    assert read_image(path, max_pixels=64).shape == (8, 8, 3)
    with pytest.raises(UnreadableImage, match=r'x\.png cannot be read: it has 8 x 8 pixels, more'):
        read_image(path, max_pixels=63)


def test_a_large_file_is_not_read(tmp_path):
    """Its holes take no room on the disk, but would in memory."""
    path = tmp_path / 'x.jpg'
    with path.open('wb') as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(UnreadableImage, match=r'x\.jpg cannot be read: it has 1000000001 bytes, '
                                              r'more than max_bytes=1000000000 allows: cut it'):
        read_image(path)


def test_the_most_bytes_that_are_advised_let_a_file_in(tmp_path):
    path = tmp_path / 'x.png'
    cv2.imwrite(str(path), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(UnreadableImage, match=r'pipeline\.0\.max_bytes=\d+$') as error:
        LoadImage(max_bytes=path.stat().st_size - 1)({'img_path': str(path)})
    enough = int(str(error.value).rpartition('=')[2])
    assert LoadImage(max_bytes=enough)({'img_path': str(path)})['img'].shape == (8, 8, 3)


def test_folders_nested_deeper_than_calls_may_be(tmp_path):
    deep = tmp_path.joinpath(*'d' * 300)
    deep.mkdir(parents=True)
    (deep / 'x.jpg').touch()
    depth = len(inspect.stack(0))
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 100)
    try:
        assert images_below(tmp_path) == [str(deep / 'x.jpg')]
    finally:
        sys.setrecursionlimit(before)


def test_folders_that_cannot_be_read_are_told_of(tmp_path, monkeypatch):
    """Those without permission, which root has, and paths that are too long for the system."""
    for name in ('a', 'b'):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'x.jpg').touch()
    inner, name = os.open(tmp_path / 'a', os.O_RDONLY), 'd' * 200
    for _ in range(25):  # 25 * 201 > 4096
        os.mkdir(name, dir_fd=inner)
        outer, inner = inner, os.open(name, os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    paths, left_out = sort_out(tmp_path)
    assert [Path(path).parent.name for path in paths] == ['a', 'b']
    assert left_out_text(left_out) == 'folders that cannot be read 1'

    scandir = os.scandir

    def refuse(folder):
        if folder == str(tmp_path / 'b'):
            raise PermissionError(errno.EACCES, 'Permission denied', folder)
        return scandir(folder)

    monkeypatch.setattr(os, 'scandir', refuse)
    assert ImageFolder(tmp_path).sorted_out() == (
        '1 images used, left out: folders that cannot be read 2')


def test_links_in_circles_end(tmp_path):
    (tmp_path / 'a/b').mkdir(parents=True)
    (tmp_path / 'a/b/x.jpg').touch()
    (tmp_path / 'a/b/up').symlink_to('../..')
    (tmp_path / 'a/b/self').symlink_to('self')
    (tmp_path / 'there').symlink_to('back')
    (tmp_path / 'back').symlink_to('there')
    paths, left_out = sort_out(tmp_path)
    assert paths == [str(tmp_path / 'a/b/x.jpg')]
    assert left_out_text(left_out) == 'other files 3'  # links to themselves, without an ending
