from __future__ import annotations

import cv2
import numpy as np
import pytest

from oadp_mm.datasets import ImageFolder
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.datasets.image_files import images_below, read_image
from oadp_mm.probes.labelled_images import read_labelled_images


def test_pretraining_and_comparison_count_the_same_files(tmp_path):
    """A file system's and a notebook's leftovers are no images, wherever the folder is used."""
    kept = ['train/cat/1.jpg', 'train/cat/deep/2.PNG', 'train/dog/3.webp']
    left = ['train/cat/._1.jpg', 'train/cat/.ipynb_checkpoints/1-checkpoint.jpg',
            'train/.trash/4.jpg', 'train/dog/notes.txt']
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
