from __future__ import annotations

import os
import socket

import cv2
import numpy as np
import pytest
from PIL import Image

from oadp_mm.datasets import ImageFolder
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.image_files import EXTENSIONS, images_below, read_image
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
